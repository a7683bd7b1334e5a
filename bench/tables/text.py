"""How numbers are written, the same in every format."""

from math import floor, isnan, log10
from statistics import median
from typing import NamedTuple

from bench.tables.table import Cell, Table

MOST_DECIMALS = 4
UNKNOWN = "—"


class Text(NamedTuple):
    """The parts of a written cell; the last two are empty where there is nothing to say."""

    value: str
    interval: str
    mark: str


def table_texts(table: Table) -> dict[str, list[Text]]:
    """Write all cells of a table: the texts of each row."""
    columns = zip(*table.rows.values(), strict=True)
    decimals = [decimals_for(list(cells)) for cells in columns]
    return {
        name: [cell_text(cell, digits) for cell, digits in zip(cells, decimals, strict=True)]
        for name, cells in table.rows.items()
    }


def cell_text(cell: Cell, decimals: int) -> Text:
    """Write one cell, as in `0.213`, `[0.170, 0.251]`, `(2 unscored)`."""
    value = UNKNOWN if isnan(cell.value) else f"{cell.value:z.{decimals}f}"
    interval = "" if isnan(cell.low) else f"[{cell.low:z.{decimals}f}, {cell.high:z.{decimals}f}]"
    return Text(value, interval, f"({cell.unscored} unscored)" if cell.unscored else "")


def decimals_for(cells: list[Cell]) -> int:
    """Choose a column's decimals: two digits of a typical half interval, else three of the largest value."""
    widths = [(cell.high - cell.low) / 2 for cell in cells if cell.high > cell.low]
    values = [abs(cell.value) for cell in cells if not isnan(cell.value)]
    if all(value == round(value) for value in values):
        return 0
    decimals = 1 - floor(log10(median(widths))) if widths else 2 - floor(log10(max(values)))
    return min(max(decimals, 0), MOST_DECIMALS)
