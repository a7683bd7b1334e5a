"""How numbers are written, the same in every format."""

from itertools import pairwise
from math import floor, isfinite, isinf, isnan, log10, nan
from statistics import median
from typing import NamedTuple

from bench.output.tables.table import Column, Row, Table, Value

MOST_DECIMALS = 4
ROUNDING = 1e-9
"""Relative: a narrower interval is one number, its ends apart by the last bits of a sum."""
UNKNOWN = "—"
INFINITE = "∞"
ARROWS = {1: " ↑", -1: " ↓", 0: ""}
DAGGER = "†"


class Text(NamedTuple):
    """The parts of a written cell; the last two are empty where there is nothing to say."""

    value: str
    interval: str
    mark: str


def table_texts(table: Table) -> list[list[Text]]:
    """Write all cells of a table: the texts of each row."""
    own = [row.cells for row in table.rows if not row.published]
    decimals = [
        _column_decimals(column, list(cells))
        for column, cells in zip(table.columns, zip(*own, strict=True), strict=True)
    ]
    texts = [_row_texts(row, table.columns, decimals) for row in table.rows]
    return texts if table.marked else [[text._replace(mark="") for text in row] for row in texts]


def shown_keys(table: Table) -> list[tuple[str, ...]]:
    """The keys of each row; all but the last are empty where they repeat those of the row above."""
    keys = [row.keys for row in table.rows]
    return keys[:1] + [_new_keys(above, own) for above, own in pairwise(keys)]


def new_groups(table: Table) -> list[str]:
    """The group that begins with each row, empty where none does, or where all rows are of one group."""
    groups = [row.group for row in table.rows]
    several = len({row.group for row in table.rows if not row.published}) > 1
    before = ["", *groups]
    return [own if several and own != above else "" for above, own in zip(before, groups, strict=False)]


def cell_text(cell: Value, decimals: int) -> Text:
    """Write one cell, as in `0.213`, `[0.170, 0.251]` or `+0.040 [0.012, 0.068]`, `(2 unscored)`."""
    gap = "" if isnan(cell.gap) else f"{cell.gap:+z.{decimals}f}"
    interval = "" if isnan(cell.low) else f"[{cell.low:z.{decimals}f}, {cell.high:z.{decimals}f}]"
    unscored = f"({cell.unscored} unscored)" if cell.unscored else ""
    return Text(_number(cell.value, decimals), " ".join(filter(None, [gap, interval])), unscored)


def difference_text(difference: float, low: float, high: float) -> str:
    """Write a difference with its interval, as in `+0.040 [0.012, 0.068]`; NaN for ends that are not known."""
    decimals = decimals_for([Value(difference, low, high)])
    return cell_text(Value(nan, low, high, gap=difference), decimals).interval


def decimals_for(cells: list[Value]) -> int:
    """Choose a column's decimals: two digits of a typical half interval, one of the largest value; else three of it."""
    widths = [(cell.high - cell.low) / 2 for cell in cells if cell.high - cell.low > ROUNDING * abs(cell.high)]
    values = [abs(cell.value) for cell in cells if isfinite(cell.value)]
    if not widths and all(value == round(value) for value in values):
        return 0
    decimals = 1 - floor(log10(median(widths))) if widths else 2 - floor(log10(max(values)))
    # However wide the interval: 0.5 is not written as 0.
    least = -floor(log10(max(values))) if any(values) else 0
    return min(max(decimals, least, 0), MOST_DECIMALS)


def _number(value: float, decimals: int) -> str:
    if isnan(value):
        return UNKNOWN
    return INFINITE if isinf(value) else f"{value:z.{decimals}f}"


def _column_decimals(column: Column, cells: list[Value]) -> int:
    return decimals_for(cells) if isnan(column.least) else -floor(log10(column.least))


def _row_texts(row: Row, columns: list[Column], decimals: list[int]) -> list[Text]:
    if row.published:  # with the digits that were printed, not with ours
        return [Text(UNKNOWN if isnan(cell.value) else f"{cell.value:g}", "", "") for cell in row.cells]
    texts = [cell_text(cell, digits) for cell, digits in zip(row.cells, decimals, strict=True)]
    return [
        Text(f"<{column.least:g}", "", text.mark) if cell.value < column.least else text
        for column, cell, text in zip(columns, row.cells, texts, strict=True)
    ]


def _new_keys(above: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    repeated = above[:-1] == own[:-1]
    return (*("" for _ in own[:-1]), own[-1]) if repeated else own
