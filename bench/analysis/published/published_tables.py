"""Published tables as rows for a table of ours, in our units."""

from collections.abc import Iterable, Iterator
from math import nan
from typing import Any

import pandas as pd

from bench.analysis.published.entries import NumberTable, OurRow, Published, TableOurs
from bench.suite.budget import Budget

COLUMNS = [
    *("id", "source", "row", "model", "reward", "method", "budget_unit", "budget"),
    *("published", "published_se", "tolerance"),
]


def table_rows(published: Iterable[Published]) -> pd.DataFrame:
    """Lay out the published values that have a place in a table of ours, as `compare_tables` takes them.

    Returns:
        One row a value: `id` of its entry, `source` in words, `row`, its label there, and the columns that
        `bench.analysis.published.rows.compare_tables` names. The spread that a source prints is no standard error
        unless it says so, which none does: `published_se` is NaN.
    """
    rows = [
        {"id": one.entry.id, "source": source_text(one)} | row
        for one in published
        if one.entry.table and one.entry.table.ours
        for row in _rows(one.entry.table, one.entry.table.ours)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def source_text(published: Published) -> str:
    """Where the numbers stand and what they are of, in a line."""
    entry = published.entry
    read = f"; read in {entry.read_in}" if entry.checked == "secondary" else ""
    return f"{published.source.title}, {entry.where}{read}; of {entry.n} ({entry.id})"


def _rows(table: NumberTable, ours: TableOurs) -> Iterator[dict[str, Any]]:
    for index, (name, column) in enumerate(table.columns.items()):
        target = ours.columns.get(name)
        for label, values in table.rows.items():
            value = values[index]
            if target and value is not None:
                numbers = {"published": value / target.factor, "published_se": nan}
                tolerance = column.tolerance / abs(target.factor)
                place = {"row": label, "model": ours.model, "reward": target.reward}
                yield place | _counterpart(ours.rows.get(label)) | numbers | {"tolerance": tolerance}


def _counterpart(row: OurRow | None) -> dict[str, Any]:
    if row is None or not row.budget:
        return {"method": row.method if row else "", "budget_unit": "", "budget": nan}
    budget = Budget.parse(row.budget)
    return {"method": row.method, "budget_unit": budget.unit, "budget": budget.amount}
