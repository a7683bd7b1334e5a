"""What the numbers say, in plain sentences."""

import pandas as pd

from bench.analysis.intervals import FEW_PROMPTS
from bench.output.tables.table import Cell
from bench.output.tables.text import cell_text, decimals_for
from bench.suite.budget import budget_text

READING = (
    "Rewards and metrics: mean over prompts of the mean over seeds [95 % interval, bootstrap over prompts]. "
    "Bold: the best, and all whose paired interval against it includes 0."
)
COSTS = (
    "Cost: mean over prompts of the mean over seeds of the cells that ran [95 % interval, bootstrap over prompts]; "
    "memory: the largest of them."
)
TOO_NARROW = (
    f"With fewer than {FEW_PROMPTS} prompts read the intervals as too narrow: "
    "in simulation those called 95 % cover 74 % with 3 prompts, 90 % with 10, 94 % with 40."
)
UNSCORED = (
    "Unscored: the cell failed, or had nothing scored by that budget; "
    "it counts as base on the same prompt and seed. "
    "A mean stays open (—) where base has no score either, or where cells have not run yet."
)


def task_text(rows: pd.DataFrame) -> str:
    """Write which model and reward `rows` are about, as in `darkness on emoji`."""
    return f"{rows['reward'].iloc[0]} on {rows['model'].iloc[0]}"


def leader_sentences(leaders: pd.DataFrame) -> list[str]:
    """Say who leads at each budget: `At 15 s dno leads base by 0.21 [0.17, 0.25]: resolved`.

    Args:
        leaders: rows of `bench.analysis.leaders.leaders` for one (model, reward).
    """
    return [_leader_sentence(row) for _, row in leaders.sort_values("budget").iterrows()]


def _leader_sentence(row: pd.Series) -> str:
    lead = Cell(row["lead"], row["low"], row["high"])
    text = cell_text(lead, decimals_for([lead]))
    verdict = "resolved" if row["resolved"] else "not resolved"
    size = f"{text.value} {text.interval}" if text.interval else f"{text.value} (one prompt: no interval)"
    when = budget_text(row["budget"], row["budget_unit"])
    return f"At {when} {row['leader']} leads {row['runner_up']} by {size}: {verdict}."


def unranked_sentences(summary: pd.DataFrame) -> list[str]:
    """Name the methods without a mean at each budget; `summary` holds the rows of one (model, reward)."""
    unknown = summary[summary["mean"].isna()].sort_values(["budget", "method"])
    whens = [budget_text(row["budget"], row["budget_unit"]) for _, row in unknown.iterrows()]
    names = unknown["method"].groupby(whens, sort=False).agg(", ".join)
    return [f"At {when} not ranked, for want of scores: {methods}." for when, methods in names.items()]


def reading_sentences(summary: pd.DataFrame) -> list[str]:
    """Explain the numbers of all tables, and warn where they are weaker than they look."""
    few = (summary["n_prompts"] < FEW_PROMPTS).any()
    unscored = (summary[["n_failed", "n_none", "n_missing"]] > 0).any(axis=None)
    return [READING, *([TOO_NARROW] if few else []), *([UNSCORED] if unscored else [])]
