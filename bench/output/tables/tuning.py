"""The tuning layout: the settings of each method that a run compares, and the one that a table should have."""

from collections.abc import Iterable

import pandas as pd

from bench.analysis.scores import largest_budget, summarise
from bench.analysis.tuning import ranked_settings
from bench.errors import InputError
from bench.output.tables.sentences import task_names
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.store.columns import TASK
from bench.store.plugins import PluginRecord
from bench.suite.budget import budget_text

READING = (
    Note(
        "Mean rank: of a method's settings on the same prompt, seed and task, 1 the best, mean over seeds, then "
        "prompts, then tasks; in bold the chosen one, of equal ones the first. Rewards: means at the largest budget.",
        "Mean rank: of a method's settings on the same prompt, seed and task; bold: the chosen one.",
    ),
    Note("A setting is one for all tasks of a model. Choose on other prompts than those of the table that it is for."),
)


def tuning_tables(scores: pd.DataFrame, plugins: Iterable[PluginRecord]) -> list[Table]:
    """Make one table a model of all methods that the run has in several settings there.

    Raises:
        InputError: it has none.
    """
    found = ranked_settings(scores, {one.label: one.name for one in plugins if one.kind == "method"})
    if found.empty:
        raise InputError("no method of this run has several settings; a suite has them as a grid: {rate: [0.1, 0.2]}")
    return [
        _table(str(model), settings, scores[scores["model"] == model])
        for model, settings in found.groupby("model", sort=False)
    ]


def _table(model: str, found: pd.DataFrame, scores: pd.DataFrame) -> Table:
    names, final = task_names(scores), largest_budget(summarise(scores))
    means = {task: rows.set_index("method")["mean"] for task, rows in final.groupby(TASK)}
    columns = [Column("mean rank", -1), *(Column(names[task], 1) for task in means)]
    rows = [
        Row(
            (row["method"],),
            [
                Value(row["mean_rank"], best=row["chosen"]),
                *(Value(mean.get(row["method"], float("nan"))) for mean in means.values()),
            ],
            group=row["name"],
        )
        for _, row in found.sort_values("name", kind="stable").iterrows()
    ]
    notes = [_given(found, scores), *READING]
    return Table(f"settings of each method on {model}", columns, rows, notes, marked=False)


def _given(found: pd.DataFrame, scores: pd.DataFrame) -> str:
    """How much each method was given, which ought to be the same for all."""
    given, unit = found.groupby("name")["given"].sum(), scores["budget_unit"].iloc[0]
    least, most = (budget_text(amount, unit) for amount in (given.min(), given.max()))
    if least == most:
        return f"Each method was given {least} to choose in."
    return f"Methods were given from {least} ({given.idxmin()}) to {most} ({given.idxmax()}) to choose in."
