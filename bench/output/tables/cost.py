"""The cost layout: for each (model, reward) what a method spent by the largest budget."""

from math import nan

import pandas as pd

from bench.analysis.costs import costs
from bench.analysis.scores import largest_budget, summarise
from bench.output.tables.backing import Backings, find_backing
from bench.output.tables.sentences import COSTS, task_text
from bench.output.tables.table import Cell, Column, Row, Table
from bench.store.columns import GROUP, TASK
from bench.suite.budget import budget_text

COLUMNS = {
    "seconds": "seconds",
    "denoiser_evals": "denoiser evals",
    "backward_evals": "backward evals",
    "decodes": "decodes",
    "reward_calls": "reward calls",
    "peak_memory_mb": "peak MB",
}
COUNTS = ("n", "unscored", "failed")


def cost_tables(scores: pd.DataFrame) -> list[Table]:
    """Make a table a (model, reward), the last with a note on how to read them."""
    summary = summarise(scores)
    spent, backing = costs(scores), find_backing(summary, scores)
    tables = [cost_table(rows, spent, backing) for _, rows in summary.groupby(TASK)]
    tables[-1].notes.append(COSTS)
    return tables


def cost_table(summary: pd.DataFrame, spent: pd.DataFrame, backing: Backings) -> Table:
    """Make the table of one (model, reward).

    Args:
        summary: its rows of `summarise`.
        spent: of `costs`, of all (model, reward).
        backing: of all methods.
    """
    first = largest_budget(summary).iloc[0]
    known = spent.set_index([*GROUP, "quantity"])[["mean", "low", "high"]].T.to_dict("list")
    rows = []
    for keys in largest_budget(summary)[GROUP].itertuples(index=False, name=None):
        behind = backing[keys]
        spent_cells = [Cell(*known.get((*keys, name), [nan]), **behind._asdict()) for name in COLUMNS]
        rows.append(Row((keys[-1],), [*spent_cells, *(Cell(getattr(behind, name)) for name in COUNTS)]))
    columns = [Column(name) for name in (*COLUMNS.values(), *COUNTS)]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task_text(summary)}: cost at {when}", columns, rows, notes=[], marked=False)
