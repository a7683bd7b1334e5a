"""What LaTeX sets within a table: escaped text, heads and cells, in a type that follows from the number of columns."""

import re
from textwrap import wrap
from typing import NamedTuple

from bench.output.tables.table import Column, Value
from bench.output.tables.text import INFINITE, UNKNOWN, Text

ARROWS = {1: r" $\uparrow$", -1: r" $\downarrow$", 0: ""}
SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        # After \\ a bracket would be read as its optional argument, and a star as a part of it.
        "[": "{[}",
        "]": "{]}",
        "*": "{*}",
        "†": r"\dag{}",
        "∞": r"$\infty$",
        "≤": r"$\leq$",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
STACKED = r"\providecommand{\stacked}[2][t]{\begin{tabular}[#1]{@{}r@{}}#2\end{tabular}}"
"""Defines lines below each other within a cell; they hang from the row's line, or with `[b]` stand on it."""
HEAD = 12
"""Characters of a line of a head."""


class Type(NamedTuple):
    """How a table is set.

    Attributes:
        size: of names and values.
        small: of intervals and marks.
        gap: half the space between two columns, in points.
        lines: into how many lines a cell goes at most; 1 where the whole table is shrunk to the page instead.
    """

    size: str
    small: str
    gap: int
    lines: int


TYPES = {
    3: Type(r"\small", r"\scriptsize", gap=4, lines=2),
    5: Type(r"\footnotesize", r"\scriptsize", gap=3, lines=3),
    8: Type(r"\scriptsize", r"\tiny", gap=2, lines=3),
}
"""By the most columns of numbers that they are for: of two decimals, so many fit into a page of 5.5 inches."""
SHRUNK = Type(r"\small", r"\scriptsize", gap=6, lines=1)
BREAK = r"\\"


def type_for(n_columns: int) -> Type:
    """The type for so many columns of numbers."""
    return next((found for most, found in TYPES.items() if n_columns <= most), SHRUNK)


def escape(text: str) -> str:
    """Escape what LaTeX would read as a command, and keep the text on one line."""
    return " ".join(text.split()).translate(SPECIAL)


def head(column: Column, chosen: Type) -> str:
    """The name of a column with its arrow, broken after hyphens, strokes and words unless the table is shrunk."""
    name = re.sub(r"(?<=\d) ", "\u00a0", column.name)  # a number keeps its unit
    parts = re.split(r"(?<=[a-z][a-z][-/])(?=\w)", name) if chosen.lines > 1 else []
    lines = [line for part in parts for line in wrap(part, HEAD, break_long_words=False)] or [column.name]
    *above, last = map(escape, lines)
    return _stacked([*above, last + ARROWS[column.direction]], "[b]")


def cell(text: Text, value: Value, published: bool, chosen: Type) -> str:
    """A value, with its interval and mark below it, or beside it where the table is shrunk."""
    gap_and_interval = [f"${part}$" for part in re.split(r" (?=\[)", text.interval) if part]
    below = gap_and_interval if chosen.lines > 2 else [" ".join(gap_and_interval)]
    small = [rf"{{{chosen.small} {part}}}" for part in (*below, text.mark) if part]
    parts = [_value(text, value, published), *small]
    return _stacked(parts) if chosen.lines > 1 else " ".join(parts)


def _stacked(lines: list[str], place: str = "") -> str:
    return lines[0] if len(lines) == 1 else rf"\stacked{place}{{{BREAK.join(lines)}}}"


def _value(text: Text, value: Value, published: bool) -> str:
    if text.value == UNKNOWN:
        return "---"
    # Math mode gives a true minus sign; it takes \mathbf where text takes \textbf.
    command = r"\mathbf" if value.best else r"\mathit" if published else ""
    number = text.value.replace(INFINITE, r"\infty")
    shown = f"{command}{{{number}}}" if command else number
    return f"${shown}^{{\\dagger}}$" if value.differs else f"${shown}$"
