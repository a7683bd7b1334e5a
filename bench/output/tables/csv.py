"""Tables as CSV: one line a cell, in full precision."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench.output.tables.table import Table
from bench.store.spreadsheet import csv_text


def render(tables: list[Table]) -> str:
    """Write the keys, the direction and the fields of each `Value`; the notes are left out.

    A text that a spreadsheet would compute begins with an apostrophe.

    Returns:
        `key` and `subkey` name the row; `low` and `high` are the interval of `gap` where there is one, else of `value`;
        `cells` lists the cells of the store behind the number, with a space between.
    """
    return csv_text(pd.DataFrame([line for table in tables for line in _lines(table)]))


def _lines(table: Table) -> Iterator[dict[str, Any]]:
    for row in table.rows:
        keys = {"table": table.title, "group": row.group, "key": row.keys[0], "subkey": " ".join(row.keys[1:])}
        for column, cell in zip(table.columns, row.cells, strict=True):
            quantity = {"quantity": column.name, "direction": column.direction, "published": row.published}
            yield keys | quantity | vars(cell) | {"cells": " ".join(cell.cells)}
