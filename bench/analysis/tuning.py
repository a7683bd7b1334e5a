"""Which setting of a method a table should have: a small grid of each, judged alike on prompts of its own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bench.analysis.intervals import strict_mean
from bench.analysis.scores import largest_budget
from bench.store.columns import PAIR, TASK

DIGITS = 9
_OWN = ["model", "name"]
_SETTING = ["model", "method"]


def ranked_settings(scores: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Rank the settings that a run has of each method: one setting for all tasks of a model, as its tables have it.

    On a prompt and seed of a task the settings of a method are ranked by the reward at the largest budget, 1 the best,
    equal ones at their mean, those without a score last. Ranks need no common scale of rewards; their mean over seeds,
    then prompts, then tasks decides, and of equal settings the first in the run's order.

    Args:
        scores: one row a planned cell and budget.
        names: of each label the method, as the registry calls it, in the run's order.

    Returns:
        One row a model and setting of a method that has several there: `model`, `method` (the label), `name`,
        `mean_rank` (NaN while cells of the method have not run), `given` (the sum of its cells' budgets) and whether
        it is `chosen`.
    """
    cells = largest_budget(scores).assign(name=lambda frame: frame["method"].map(names))
    cells = cells[cells.groupby(_OWN)["method"].transform("nunique") > 1]
    settings = cells.groupby(_SETTING, sort=False)
    found = settings["name"].first().to_frame().assign(mean_rank=_mean_ranks(cells), given=settings["budget"].sum())
    places = {label: place for place, label in enumerate(names)}
    found = found.reset_index().sort_values("method", key=lambda labels: labels.map(places), ignore_index=True)
    known = found["mean_rank"].notna().groupby([found[key] for key in _OWN]).transform("all")
    found["mean_rank"] = found["mean_rank"].where(known)
    even = found[known].assign(mean_rank=found["mean_rank"].round(DIGITS))  # means of thirds tie but for their last bit
    chosen = even.groupby(_OWN)["mean_rank"].idxmin()
    return found.assign(chosen=found.index.isin(chosen))


def _mean_ranks(cells: pd.DataFrame) -> "pd.Series[float]":
    """Of each setting; NaN where a cell of its own has not run."""
    rewards = cells["best_reward"].fillna(-np.inf).mask(cells["status"] == "missing")
    rivals = rewards.groupby([cells[key] for key in ("name", *TASK, *PAIR)])
    means = cells.assign(mean_rank=rivals.rank(ascending=False))
    for keys in (["method", *TASK, "prompt"], ["method", *TASK], _SETTING):
        means = strict_mean(means, keys, ["mean_rank"]).reset_index()
    return means.set_index(_SETTING)["mean_rank"]
