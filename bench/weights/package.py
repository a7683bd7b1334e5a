"""Python packages that only one plug-in needs, and that `dno-bench fetch` cannot install."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.errors import InputError
from bench.weights.source import Missing


@dataclass(frozen=True)
class Package:
    """An optional dependency.

    Attributes:
        module: what is imported.
        extra: the extra of this project that installs it.
    """

    module: str
    extra: str

    @property
    def name(self) -> str:
        """The module's name, said to be one."""
        return f"Python package {self.module}"

    @property
    def pin(self) -> str:
        """Nothing: the extra says which versions will do."""
        return ""

    def find(self) -> Path:
        """The file of the module, which is not imported (see `Source.find`)."""
        spec = find_spec(self.module)
        if spec is None or spec.origin is None:
            raise Missing(f"the {self.name} is not installed")
        return Path(spec.origin)

    def fetch(self) -> Path:
        """The file of the module.

        Raises:
            InputError: it is not installed; says how.
        """
        try:
            return self.find()
        except Missing as missing:
            raise InputError(f'{missing}; `pip install "dno-bench[{self.extra}]"` installs it') from None
