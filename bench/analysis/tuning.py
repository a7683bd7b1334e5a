"""Which setting of a method a table should have: a small grid of each, judged alike on prompts of its own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bench.analysis.intervals import strict_mean
from bench.analysis.scores import largest_budget
from bench.store.columns import PAIR, TASK


def ranked_settings(scores: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Rank the settings that a run has of each method: one setting for all tasks, as a table has it.

    On a prompt and seed of a task the settings of a method are ranked by the reward at the largest budget, 1 the best,
    equal ones at their mean, those without a score last. Ranks need no common scale of rewards; their mean over seeds,
    then prompts, then tasks decides, and of equal settings the first in the run's order.

    Args:
        scores: one row a planned cell and budget.
        names: of each label the method, as the registry calls it.

    Returns:
        One row a setting of a method that has several: `method` (the label), `name`, `mean_rank` (NaN while cells of
        the method have not run), `given` (the sum of its cells' budgets) and whether it is `chosen`.
    """
    cells = largest_budget(scores).assign(name=lambda frame: frame["method"].map(names))
    cells = cells[cells.groupby("name")["method"].transform("nunique") > 1]
    settings = cells.groupby("method", sort=False)
    found = settings["name"].first().to_frame().assign(mean_rank=_mean_ranks(cells), given=settings["budget"].sum())
    known = found["mean_rank"].notna().groupby(found["name"]).transform("all")
    found["mean_rank"] = found["mean_rank"].where(known)
    chosen = found[known].groupby("name")["mean_rank"].idxmin()
    return found.assign(chosen=found.index.isin(chosen)).reset_index()


def _mean_ranks(cells: pd.DataFrame) -> "pd.Series[float]":
    """Of each label; NaN where a cell of its own has not run."""
    rewards = cells["best_reward"].fillna(-np.inf).mask(cells["status"] == "missing")
    rivals = rewards.groupby([cells[key] for key in ("name", *TASK, *PAIR)])
    means = cells.assign(mean_rank=rivals.rank(ascending=False))
    for keys in (["method", *TASK, "prompt"], ["method", *TASK], ["method"]):
        means = strict_mean(means, keys, ["mean_rank"]).reset_index()
    return means.set_index("method")["mean_rank"]
