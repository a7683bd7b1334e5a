"""A table of numbers that know how sure they are; how it looks is the renderers' business."""

from dataclasses import dataclass, replace
from math import nan
from typing import Self


@dataclass(frozen=True)
class Column:
    """A quantity.

    Attributes:
        name: what it is called. direction: 1 if higher is better, -1 if lower is, 0 if neither.
        least: smaller values are written `<least`, as p-values are; NaN for none.
    """

    name: str
    direction: int = 0
    least: float = nan


@dataclass(frozen=True)
class Value:
    """A number with its interval, NaN where not known.

    Attributes:
        value: the number itself. low: lower end of its 95 % interval. high: upper end. gap: how much more it is than
        a reference's on the same prompts and seeds; the interval is then that of the gap. n: how many cells of the run
        it stands for. unscored: how many of these had no score of their own (failed, nothing scored
        in time, or not run yet). failed: how many raised an error. best: it is the best of its column, or not
        distinguished from it. differs: from the number that was published for it. cells: the cells of the
        store behind it, as `run/cell`.
    """

    value: float
    low: float = nan
    high: float = nan
    gap: float = nan
    n: int = 0
    unscored: int = 0
    failed: int = 0
    best: bool = False
    differs: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A value for each column, under a name for each key of the table.

    Attributes:
        published: whether others printed the numbers. group: what the row belongs to, such as the family of its
        method; rows of a group follow each other.
    """

    keys: tuple[str, ...]
    cells: list[Value]
    published: bool = False
    group: str = ""


class Note(str):
    """A sentence below a table that is shorter where there is little room.

    Attributes:
        short: what then stands in its place; "" for nothing.
    """

    short: str

    def __new__(cls, text: str, short: str = "") -> Self:
        """Make it of both texts."""
        note = super().__new__(cls, text)
        note.short = short
        return note


@dataclass(frozen=True)
class Table:
    """Rows under a title; the notes are sentences that belong below.

    Attributes:
        keys: what the rows are named by. marked: whether each cell says how many of its cells are unscored; False where
        a column of the table does.
    """

    title: str
    columns: list[Column]
    rows: list[Row]
    notes: list[str]
    keys: tuple[str, ...] = ("method",)
    marked: bool = True


def shortened(table: Table) -> Table:
    """The table with the short forms of its notes; one without a short form stays as it is."""
    notes = [note.short if isinstance(note, Note) else note for note in table.notes]
    return replace(table, notes=[note for note in notes if note])
