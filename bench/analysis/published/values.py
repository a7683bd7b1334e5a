"""Published values as rows, in our units, each with the place where ours stands."""

from collections.abc import Iterable, Iterator
from math import hypot, nan
from typing import Any

import pandas as pd

from bench.analysis.published.entries import Published
from bench.analysis.published.schema import Curve, NumberTable, Ours
from bench.suite.budget import Budget

PLACE = ["id", "model", "steps", "reward", "method"]
"""Of which entry, and which of our cells: `steps` is NaN where any number of sampling steps will do."""
NUMBERS = ["published", "published_se", "tolerance"]
TABLE_COLUMNS = [*PLACE, "source", "row", "budget_unit", "budget", *NUMBERS]
CURVE_COLUMNS = [*PLACE, "task_budget", "quantity", "unit", "logged", "factor", "step", "since", "truth", *NUMBERS]


def table_values(published: Iterable[Published]) -> pd.DataFrame:
    """Lay out the values of published tables that have a place beside ours, as `compare_tables` takes them.

    Returns:
        One row a value with `TABLE_COLUMNS`: `source` in words; `row`, its label there; `method`, "" for a row that has
        no counterpart; `budget_unit` and `budget`, "" and NaN for the whole budget of our task. The spread that a
        source prints is no standard error unless it says so, which none does: `published_se` is NaN.
    """
    rows = [
        {"id": one.entry.id, "source": source_text(one)} | row
        for one in published
        if one.entry.table
        for row in _table_rows(one.entry.table)
    ]
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def curve_values(published: Published) -> pd.DataFrame:
    """Lay out the values of an entry's curves that a run is compared with, as `compare_curves` takes them.

    Returns:
        One row a value with `CURVE_COLUMNS`: `logged`, the column of curves.csv that is compared, times `factor`;
        `step`; `since`, the step whose value is subtracted, NaN for none; `truth`, NaN where it is not known, as
        `published` where the source prints none.
    """
    rows = [
        {"id": published.entry.id, "quantity": curve.quantity, "unit": curve.unit} | _place(curve.ours) | row
        for curve in published.entry.curves
        if curve.ours
        for row in _curve_rows(curve, curve.ours)
    ]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS)


def source_text(published: Published) -> str:
    """Where the numbers stand and what they are of, in a line."""
    entry = published.entry
    read = f"; read in {entry.read_in}" if entry.checked == "secondary" else ""
    return f"{published.source.title}, {entry.where}{read}; of {entry.n} ({entry.id})"


def _place(ours: Ours) -> dict[str, Any]:
    steps = nan if ours.steps is None else ours.steps
    return {"model": ours.model, "steps": steps, "reward": ours.reward, "method": ours.method}


def _table_rows(table: NumberTable) -> Iterator[dict[str, Any]]:
    for index, (name, column) in enumerate(table.columns.items()):
        for label, values in table.rows.items():
            ours, value = table.place(name, label), values[index]
            if ours and value is not None:
                budget = Budget.parse(ours.budget) if ours.budget else None
                at = {"budget_unit": budget.unit if budget else "", "budget": budget.amount if budget else nan}
                numbers = (value / ours.factor, nan, column.tolerance / abs(ours.factor))
                yield {"row": label, **_place(ours), **at, **_numbers(*numbers)}


def _curve_rows(curve: Curve, ours: Ours) -> Iterator[dict[str, Any]]:
    points = [point for point in curve.points() if point.step in (ours.at or curve.steps)]
    first = points[0]
    for step, value, truth, error in points:
        row = {"task_budget": ours.budget, "logged": ours.logged, "factor": ours.factor, "step": step}
        if curve.gain_tolerance is None or step == first.step:
            allowed = curve.tolerance.allowed(value)
            yield {**row, "since": nan, "truth": truth, **_numbers(value, error, allowed)}
        else:
            # As if the two values were independent: the source does not say how they vary together.
            gain = value - first.value
            numbers = _numbers(gain, hypot(error, first.error), curve.gain_tolerance.allowed(gain))
            yield {**row, "since": first.step, "truth": nan, **numbers}


def _numbers(*numbers: float) -> dict[str, float]:
    return dict(zip(NUMBERS, numbers, strict=True))
