"""Names to classes: by decorator, by entry point, or by `path.py@name` for a file outside the tree.

Five registries, one each for methods, rewards, models, metrics and set metrics. The files of the matching package are
imported on first use, so that adding a file is all it takes to add a name.
"""

import importlib
import importlib.util
import pkgutil
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bench.errors import InputError, unknown_name

if TYPE_CHECKING:
    from torch import Tensor

C = TypeVar("C", bound=type)
RewardFunction = Callable[["Tensor", Sequence[str]], "Tensor"]
"""`(samples, prompts)` to scores `(n,)` float32, higher is better."""


@dataclass(frozen=True)
class Entry:
    """A registered class: its name, where it was defined and the facts its author declared."""

    name: str
    kind: str
    factory: type
    facts: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """The first line of the class's docstring."""
        return (self.factory.__doc__ or "").strip().split("\n")[0]

    @property
    def origin(self) -> str:
        """The file that defines the class."""
        return getattr(sys.modules.get(self.factory.__module__), "__file__", None) or self.factory.__module__

    def create(self, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - each registry holds another type
        """An instance with `options` over the dataclass's defaults.

        Raises:
            InputError: an option is unknown, of the wrong type, or refused by the class.
        """
        known = [field.name for field in fields(self.factory) if field.init]
        for option in options:
            if option not in known:
                raise unknown_name(f"option of {self.kind} {self.name!r}:", option, known)
        try:
            return _adapter(self.factory).validate_python(dict(options))
        except ValidationError as error:
            raise InputError(f"{self.kind} {self.name!r}: {_first_problem(error)}") from None


@cache
def _adapter(factory: type) -> TypeAdapter[Any]:
    """Kept: to make one takes longer than to validate with it, and a suite creates plug-ins by the thousand."""
    return TypeAdapter(factory)


class Registry:
    """One kind of plug-in.

    Args:
        kind: what an entry is called in messages, such as "method".
        package: the package whose modules register the built-in entries.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.broken: dict[str, str] = {}
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._discovered = False

    def register(self, name: str, **facts: Any) -> Callable[[C], C]:  # noqa: ANN401 - facts differ by kind
        """A class decorator that enters a dataclass under `name`.

        Raises:
            ValueError: the name belongs to another file already.
        """

        def enter(cls: C) -> C:
            entry = Entry(name, self.kind, cls, facts)
            known = self._entries.get(name)
            if known is not None and known.origin != entry.origin:
                raise ValueError(f"{self.kind} {name!r} is defined twice: {known.origin} and {entry.origin}")
            self._entries[name] = entry
            return cls

        return enter

    def names(self) -> list[str]:
        """All registered names, sorted."""
        self._discover()
        return sorted(self._entries)

    def get(self, name: str) -> Entry:
        """The entry called `name`; `path.py@name` imports that file first.

        Raises:
            InputError: no such name or file, or the file does not register the name.
        """
        self._discover()
        path, at, plain = name.rpartition("@")
        if at:
            import_file(Path(path))
        if plain in self._entries:
            return self._entries[plain]
        if plain in self.broken:
            raise InputError(f"{self.kind} {plain!r} could not be imported: {self.broken[plain]}")
        raise unknown_name(self.kind, plain, self._entries)

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__, f"{self._package}."):
            importlib.import_module(module.name)
        for point in entry_points(group=f"dno_bench.{self.kind}s"):
            try:
                point.load()
            except Exception as error:  # a broken plug-in must not take the others down
                self.broken[point.name] = f"{type(error).__name__}: {error}"
                warnings.warn(f"plug-in {point.value!r} is broken: {error}", stacklevel=2)


def import_file(path: Path) -> None:
    """Import a file that registers plug-ins, once.

    Raises:
        InputError: there is no such file, or it cannot be imported.
    """
    if not path.is_file():
        raise InputError(f"no such file: {path} (write path/to/file.py@name)")
    module_name = f"dno_bench_file_{sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    if module_name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(module_name, path.resolve())
    if spec is None or spec.loader is None:
        raise InputError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise InputError(f"{path} could not be imported: {type(error).__name__}: {error}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']} (got {problem['input']!r})" if where else problem["msg"]


METHODS = Registry("method", "methods")
REWARDS = Registry("reward", "rewards")
MODELS = Registry("model", "bench.models")
METRICS = Registry("metric", "bench.metrics")
SET_METRICS = Registry("set_metric", "bench.metrics.sets")


def register_method(
    name: str,
    *,
    family: str,
    paper: str,
    gradient: bool = False,
    anytime: bool = True,
    selects: bool = True,
    own_sampling: bool = False,
) -> Callable[[C], C]:
    """Register an alignment method.

    Args:
        name: what suites and tables call it.
        family: its group in tables, such as "search".
        paper: link to the paper that defines it.
        gradient: whether it needs the reward's gradient, and so a differentiable reward.
        anytime: whether its result is meaningful at every moment; otherwise it is drawn as points.
        selects: whether its result is the best sample so far; otherwise the latest.
        own_sampling: whether its samples come from another sampler, or from other sampling options, than the model's
            own, so that the problem's `generate` does not make them from their noise.
    """
    facts = {"gradient": gradient, "anytime": anytime, "selects": selects, "own_sampling": own_sampling}
    return METHODS.register(name, family=family, paper=paper, **facts)


def register_reward(
    name: str,
    *,
    differentiable: bool,
    range: tuple[float, float],
    paper: str,
    licence: str = "Apache-2.0",
    weights: str = "none",
) -> Callable[[C], C]:
    """Register a reward: a callable `(samples, prompts) -> (n,) float32`, higher is better.

    Args:
        name: one name is one scorer: exact weights, preprocessing and scale.
        differentiable: whether gradients flow from the score to the samples.
        range: the smallest and largest score to be expected of ordinary samples.
        paper: where the reward is defined.
        licence: licence of code and weights.
        weights: where the weights come from ("none" if it has none).
    """
    return REWARDS.register(
        name, differentiable=differentiable, range=range, paper=paper, licence=licence, weights=weights
    )


def register_model(name: str, *, licence: str, weights: str, paper: str) -> Callable[[C], C]:
    """Register a model: a dataclass of sampling options with two methods.

    `check_prompt(prompt)` raises ValueError for a prompt that the model cannot draw; `load(device)` gives a
    `bench.problem.model.Model`.
    """
    return MODELS.register(name, licence=licence, weights=weights, paper=paper)


def register_metric(name: str, *, higher_is_better: bool | None, paper: str) -> Callable[[C], C]:
    """Register a metric: a callable `(samples, prompts, noise) -> {column: (n,) tensor}`, taken off the clock.

    `higher_is_better` is None where neither is: the metric is watched, beside that of `base`.
    """
    return METRICS.register(name, higher_is_better=higher_is_better, paper=paper)


def register_set_metric(
    name: str, *, higher_is_better: bool, paper: str, against_base: bool = False
) -> Callable[[C], C]:
    """Register a metric of sets of images, taken after a run from the images that it stored.

    A callable `images -> float` for the images of one (model, reward, method, prompt) across seeds; or, `against_base`,
    `(images, base) -> float` for the images of one (model, reward, method) over all prompts and those of `base`. Images
    are uint8 `(n, 3, H, W)`. It raises ValueError for images that it cannot judge, such as too few.
    """
    return SET_METRICS.register(name, higher_is_better=higher_is_better, paper=paper, against_base=against_base)
