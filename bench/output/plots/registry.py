"""Which plots there are: a file of `kinds` enters its own by decorator."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from bench.output.evidence import Evidence

SLUG_LENGTH = 60
SEVERAL_DEVICES = "nothing is drawn against seconds, which were made on several devices"
NO_TARGETS = "the suite declares neither targets nor anchors"


class LeftOutError(Exception):
    """Why a plot, or the rest of its figures, is not drawn for a run."""


class Plot(NamedTuple):
    """A figure, the name of its files, and the numbers that it shows."""

    name: str
    figure: Figure
    data: pd.DataFrame


Kind = Callable[[Evidence], Iterator[Plot]]
"""Makes the figures of one kind of plot, one at a time; raises LeftOutError where there is nothing to draw."""

_KINDS: dict[str, Kind] = {}


def plot(name: str) -> Callable[[Kind], Kind]:
    """Enter a kind of plot under the name that `dno-bench plot --only` takes."""

    def enter(kind: Kind) -> Kind:
        _KINDS[name] = kind
        return kind

    return enter


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds of plots by name."""
    package = importlib.import_module("bench.output.plots.kinds")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_KINDS.items()))


def allowed(axes: Iterable[str], found: Evidence) -> Iterator[str]:
    """Those of `axes`, columns of the store, that the runs share; then leave out seconds of several devices.

    Raises:
        LeftOutError: after the others, where seconds are among `axes` and the runs do not share them.
    """
    axes = tuple(axes)
    yield from (axis for axis in axes if axis != "seconds" or found.one_device)
    if "seconds" in axes and not found.one_device:
        raise LeftOutError(SEVERAL_DEVICES)


def require(data: pd.DataFrame, column: str, why: str) -> None:
    """Leave a plot out if nothing of `column` is known.

    Raises:
        LeftOutError: with the reason `why`.
    """
    if data[column].isna().all():
        raise LeftOutError(why)


def slug(words: str) -> str:
    """Write `words` as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower())[:SLUG_LENGTH].strip("-")
