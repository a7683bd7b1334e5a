"""A table of numbers that know how sure they are; how it looks is the renderers' business."""

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True)
class Column:
    """A quantity: its name, and 1 if higher is better, -1 if lower is, 0 if neither."""

    name: str
    direction: int = 0


@dataclass(frozen=True)
class Cell:
    """A number with its interval, NaN where not known.

    Attributes:
        value: the number itself. low: lower end of its 95 % interval. high: upper end. n: how many cells of
        the run it stands for. unscored: how many of these had no score of their own (failed, nothing scored
        in time, or not run yet). best: it is the best of its column, or not distinguished from it.
    """

    value: float
    low: float = nan
    high: float = nan
    n: int = 0
    unscored: int = 0
    best: bool = False


@dataclass(frozen=True)
class Table:
    """A row of cells, one a column, for each method; the notes are sentences that belong below."""

    title: str
    columns: list[Column]
    rows: dict[str, list[Cell]]
    notes: list[str]
