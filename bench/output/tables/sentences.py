"""What the numbers say, in plain sentences."""

from math import isinf

import pandas as pd

from bench.analysis.intervals import FEW_PROMPTS
from bench.analysis.needed import MOST
from bench.analysis.verdicts import RULE
from bench.output.tables.table import Note, Value
from bench.output.tables.text import cell_text, decimals_for
from bench.store.columns import TASK
from bench.suite.budget import budget_text

INTERVAL = f"95 % interval over prompts: Student's t below {FEW_PROMPTS} of them, else cluster bootstrap"
READING = Note(
    f"Rewards and metrics: mean over prompts of the mean over seeds [{INTERVAL}]. "
    f"Bold: no method is resolved to be better. Resolved: {RULE}.",
    "Mean over prompts and seeds [95 % interval over prompts]. Bold: no method is resolved to be better.",
)
AGAINST = (
    "Rewards and metrics: mean over prompts of the mean over seeds, and how much more than that of {reference} on the "
    f"same prompts and seeds [of this difference the {INTERVAL}]. "
    f"Bold: no method is resolved to be better. Resolved: {RULE}."
)
AGAINST_IN_SHORT = (
    "Mean over prompts and seeds; how much more than {reference} on the same prompts and seeds [95 % interval over "
    "prompts]. Bold: no method is resolved to be better."
)
COSTS = Note(
    "Cost: what had been spent at the last result by then, mean over prompts of the mean over seeds of the cells that "
    "have one [95 % interval over prompts]; unscored cells have none. Memory: the largest of the same cells.",
    "Cost: spent at the last result by then [95 % interval over prompts]; memory: the largest.",
)
UNSCORED = Note(
    "Unscored: the cell failed, or had nothing scored by that budget; "
    "it counts as base on the same prompt and seed, unless all cells of its method are unscored there. "
    "A mean stays open (—) then, and where base has no score either, or where cells have not run yet.",
    "Unscored: failed, or nothing scored by then; counts as base.",
)


def task_names(rows: pd.DataFrame) -> dict[tuple[object, ...], str]:
    """Name each task, as in `darkness on emoji`, with its budget where a model and reward have several.

    Args:
        rows: of all tasks, with the columns of `TASK`.

    Returns:
        By the values of `TASK`.
    """
    tasks = rows[TASK].drop_duplicates()
    several = tasks.duplicated(["model", "reward"], keep=False)
    return {
        (model, reward, budget): f"{reward} on {model}" + (f" within {budget}" if named else "")
        for (model, reward, budget), named in zip(tasks.itertuples(index=False, name=None), several, strict=True)
    }


def needed_words(needed: float, seen: float) -> str:
    """Say what a difference that is not resolved lacks: `about 10 prompts would be needed to tell, here 3`.

    Args:
        needed: of `bench.analysis.verdicts.judge`.
        seen: how many prompts there are.
    """
    if seen == 1:
        return "one prompt cannot tell"
    many = f"more than {max(MOST, seen):.0f}" if isinf(needed) else f"about {needed:.0f}"
    return f"{many} prompts would be needed to tell, here {seen:.0f}"


def leader_sentences(leaders: pd.DataFrame) -> list[str]:
    """Say who leads at each budget: `At 15 s dno leads base by 0.21 [0.17, 0.25]: resolved`.

    Args:
        leaders: rows of `bench.analysis.leaders.leaders` for one task.
    """
    return [_leader_sentence(row) for _, row in leaders.sort_values("budget").iterrows()]


def _leader_sentence(row: pd.Series) -> str:
    when = budget_text(row["budget"], row["budget_unit"])
    if row["lead"] == 0:
        return f"At {when} nobody leads: {row['leader']} and {row['runner_up']} have the same reward."
    lead = Value(row["lead"], row["low"], row["high"])
    text = cell_text(lead, decimals_for([lead]))
    size = f"{text.value} {text.interval}" if text.interval else text.value
    verdict = "resolved" if row["resolved"] else f"not resolved, {needed_words(row['needed'], row['n_prompts'])}"
    return f"At {when} {row['leader']} leads {row['runner_up']} by {size}: {verdict}."


def unranked_sentences(summary: pd.DataFrame) -> list[str]:
    """Name the methods without a mean at each budget; `summary` holds the rows of one task."""
    unknown = summary[summary["mean"].isna()].sort_values(["budget", "method"])
    whens = [budget_text(row["budget"], row["budget_unit"]) for _, row in unknown.iterrows()]
    names = unknown["method"].groupby(whens, sort=False).agg(", ".join)
    return [f"At {when} not ranked, for want of scores: {methods}." for when, methods in names.items()]


def reading_sentences(summary: pd.DataFrame, reference: str = "") -> list[str]:
    """Explain the numbers of all tables, which may be measured against a method."""
    unscored = (summary[["n_failed", "n_none", "n_missing"]] > 0).any(axis=None)
    against = Note(AGAINST.format(reference=reference), AGAINST_IN_SHORT.format(reference=reference))
    return [against if reference else READING, *([UNSCORED] if unscored else [])]


def count_range(counts: "pd.Series[int]") -> str:
    """Write one count for all, or the least and the most: `3`, `2 to 3`."""
    return f"{counts.min()}" if counts.nunique() == 1 else f"{counts.min()} to {counts.max()}"
