"""The summary layout: all tasks in a few numbers a method, on the scale of the anchors that the suite declares."""

import pandas as pd

from bench.analysis.aggregate import Anchors, aggregates, normalised
from bench.analysis.anytime import anytime_scores
from bench.analysis.intervals import FEW_PROMPTS
from bench.errors import InputError
from bench.output.tables.families import Families, by_family
from bench.output.tables.sentences import INTERVAL, task_names
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.store.columns import TASK

COLUMNS = {
    "iqm": Column("IQM", 1),
    "optimality_gap": Column("optimality gap", -1),
    "mean_rank": Column("mean rank", -1),
    "anytime": Column("anytime score", 1),
}
READING = (
    Note(
        "Rewards are put on the scale of the anchors, 0 and 1, that the suite declares; every task weighs the same "
        f"[{INTERVAL}].",
        "Rewards are on the scale of the anchors, 0 and 1 [95 % interval over prompts].",
    ),
    Note(
        "IQM: mean of the middle half of all cells. Optimality gap: how far the mean stays below 1. Mean rank: on the "
        "same cell, 1 the best; it depends on which methods are in the table. Anytime score: mean best reward so far "
        "over the logarithm of what was spent, from a hundredth of the budget on.",
        "IQM: mean of the middle half of all cells. Optimality gap: how far the mean stays below 1. Anytime score: "
        "mean best reward so far over the logarithm of what was spent.",
    ),
    "A dash: not planned for all tasks, or a cell has no value.",
)
FEW = Note(
    f"With fewer than {FEW_PROMPTS} prompts there is no interval of an IQM, nor of any number over tasks whose prompts "
    "are not the same: the bootstrap's would be too narrow.",
    f"No interval of what needs {FEW_PROMPTS} prompts.",
)


def summary_tables(scores: pd.DataFrame, curves: pd.DataFrame, anchors: Anchors, families: Families) -> list[Table]:
    """Make one table of all tasks whose reward has anchors; a note names the others.

    Raises:
        InputError: no reward of the run has anchors.
    """
    covered = scores[scores["reward"].isin(list(anchors))]
    if covered.empty:
        raise InputError(
            "no anchors are declared for this run; give rewards the values that count as 0 and 1 in the suite, as in "
            "`anchors: {darkness: [-0.5, 0]}`"
        )
    events = curves[curves["reward"].isin(list(anchors))]
    found = aggregates(normalised(covered, anchors)).merge(anytime_scores(events, covered, anchors), on="method")
    few = covered.groupby(TASK)["prompt"].nunique().min() < FEW_PROMPTS
    left_out = sorted(set(scores["reward"]) - set(anchors))
    notes = [*READING, *([FEW] if few else []), *_left_out(left_out)]
    return [Table(_title(covered), list(COLUMNS.values()), _rows(found, families), notes)]


def _rows(found: pd.DataFrame, families: Families) -> list[Row]:
    by_method = found.set_index("method")
    return [
        Row(
            (method,),
            [Value(*by_method.loc[method, [name, f"{name}_low", f"{name}_high"]]) for name in COLUMNS],
            group=families.get(method, ""),
        )
        for method in by_family(by_method.index, families)
    ]


def _title(covered: pd.DataFrame) -> str:
    return f"summary of {', '.join(task_names(covered).values())}, at the largest budgets"


def _left_out(rewards: list[str]) -> list[str]:
    return [f"Left out, without anchors: {', '.join(rewards)}."] if rewards else []
