"""The cost layout: for each task what a method spent by the largest budget."""

from math import nan

import pandas as pd

from bench.analysis.costs import costs
from bench.analysis.scores import largest_budget, summarise
from bench.output.tables.backing import Backings, find_backing
from bench.output.tables.families import Families, by_family
from bench.output.tables.sentences import COSTS, task_names
from bench.output.tables.table import Column, Row, Table, Value
from bench.store.columns import COLUMNS, COMPILE, COUNTERS, GPU, GROUP, PEAK, TASK
from bench.suite.budget import budget_text

SPENT = [*COUNTERS, PEAK]
COUNTS = ("n", "unscored", "failed")


def cost_tables(scores: pd.DataFrame, families: Families) -> list[Table]:
    """Make a table a task, the last with a note on how to read them."""
    summary, names = summarise(scores), task_names(scores)
    spent, backing = costs(scores), find_backing(summary, scores)
    tables = [cost_table(names[task], rows, spent, backing, families) for task, rows in summary.groupby(TASK)]
    tables[-1].notes.append(COSTS)
    return tables


def cost_table(task: str, summary: pd.DataFrame, spent: pd.DataFrame, backing: Backings, families: Families) -> Table:
    """Make the table of one task; what only a GPU tells stands where one did.

    Args:
        task: its name.
        summary: its rows of `summarise`.
        spent: of `costs`, of all tasks.
        backing: of all methods.
        families: of all methods.
    """
    final = largest_budget(summary).set_index("method", drop=False)
    first = final.iloc[0]
    known = spent.set_index([*GROUP, "quantity"])[["mean", "low", "high"]].T.to_dict("list")
    told = set(spent.loc[spent["mean"].notna(), "quantity"])
    shown, rows = [*SPENT, *(name for name in (COMPILE, *GPU) if name in told)], []
    for method in by_family(final.index, families):
        keys = tuple(final.loc[method, GROUP])
        behind = backing[keys]
        values = [Value(*known.get((*keys, name), [nan]), **behind._asdict()) for name in shown]
        counts = [Value(getattr(behind, name)) for name in COUNTS]
        rows.append(Row((method,), [*values, *counts], group=families.get(method, "")))
    columns = [Column(name) for name in (*(COLUMNS[name].title for name in shown), *COUNTS)]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task}: cost at {when}", columns, rows, notes=[], marked=False)
