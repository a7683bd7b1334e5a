"""The file that a new method begins as, which works as it is, and its test."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from string import Template

from bench.errors import InputError
from bench.registry.kinds import METHODS

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_METHOD = Template('''"""What the method is, in a line (authors, year, address of the paper), and its equations:

    z' = sqrt(1 - radius^2) z + radius xi,    xi ~ N(0, I)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method


@register_method("$name", family="search", paper="the address of the paper")
@dataclass(frozen=True)
class $class_name:
    """Keep the best noise, try a neighbour of it."""

    radius: float = option(0.3, source="ours: say where a default comes from")

    def __post_init__(self) -> None:
        if not 0 < self.radius <= 1:
            raise ValueError(f"radius must be in (0, 1], got {self.radius}")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Offer samples for ever; the harness keeps the best, owns the clock and stops the method."""
        noise = best = problem.draw_noise(1)
        best_reward = -math.inf
        while True:
            samples = problem.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples, rewards, noise)
            if rewards.item() > best_reward:
                best, best_reward = noise, rewards.item()
            # The update. This one keeps the noise as long as Gaussian noise is.
            noise = math.sqrt(1 - self.radius**2) * best + self.radius * problem.draw_noise(1)
''')
_TEST = Template('''"""`$name` keeps the rules of the harness."""

from pathlib import Path

from bench.testing import MethodConformance


class Test$class_name(MethodConformance):
    method = f"{Path(__file__).with_name('$stem.py')}@$name"
''')


def write_method(name: str, folder: Path) -> list[Path]:
    """Write the file of a method called `name`, and its test, into `folder`; returns both paths.

    Raises:
        InputError: the name will not do, a file is there already, or the folder cannot be written in. Nothing that was
            there is touched.
    """
    stem = name.replace("-", "_")
    words = {"name": name, "stem": stem, "class_name": "".join(word.capitalize() for word in name.split("-"))}
    texts = {folder / f"{stem}.py": _METHOD, folder / f"test_{stem}.py": _TEST}
    _check_name(name)
    for path in texts:
        if path.exists():
            raise InputError(f"{path} is there already; choose another name, or move it away")
    _check_module(stem)
    for path, text in texts.items():
        try:
            path.write_text(text.substitute(words), encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None
    return list(texts)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a method: small letters and digits, hyphens between words, as in my-search"
        )
    if name in METHODS.names():
        raise InputError(f"method {name!r} is there already, in {METHODS.get(name).origin}; choose another name")


def _check_module(stem: str) -> None:
    """A file of the name of a module would be imported in its place by whatever runs in the folder."""
    if stem in sys.stdlib_module_names or find_spec(stem) is not None:
        raise InputError(f"{stem}.py would hide the Python module {stem!r}; choose another name")
