"""Many tasks in one number a method: every task on the same scale, none weighing more for having more cells.

A reward is put on a scale whose two ends, the anchors, are declared in the suite before the run. A scale from the worst
to the best method present would change all numbers with every method added.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.intervals import Estimate, Floats, percentiles, prompt_weights, strict_mean
from bench.analysis.scores import GROUP, PAIR, POINT, TASK, fill_cells, largest_budget
from bench.errors import InputError

Anchors = Mapping[str, Sequence[float]]
"""Each reward's value that counts as 0 (what the model does by itself), and the one that counts as 1."""

TAUS = np.linspace(0, 1, 101)


def normalised(scores: pd.DataFrame, anchors: Anchors) -> pd.DataFrame:
    """Put every cell on the scale of its reward's anchors: `z = (reward - base) / (anchor - base)`.

    Args:
        scores: of the store.
        anchors: for every reward in `scores`; not clipped, so that `z` may be below 0 or above 1.

    Returns:
        One row a planned cell and budget: the keys and `z`, NaN for a cell without a value.

    Raises:
        InputError: a reward has no anchors.
    """
    lacking = sorted(set(scores["reward"]) - set(anchors))
    if lacking:
        raise InputError(f"no anchors for {', '.join(lacking)}; declare `anchors: {{reward: [base, anchor]}}` in the suite")
    cells = fill_cells(scores)
    base, anchor = (cells["reward"].map({name: ends[i] for name, ends in anchors.items()}) for i in (0, 1))
    return cells.assign(z=(cells["best_reward"] - base) / (anchor - base))[[*GROUP, *PAIR, "z"]]


def aggregates(normalised: pd.DataFrame) -> pd.DataFrame:
    """Sum up each method over all tasks, at the largest budget of each.

    Returns:
        One row a `method`, each estimate with `_low` and `_high`, its 95 % interval from the cluster bootstrap over
        prompts:

        - `iqm`: the interquartile mean of `z`, the mean of the middle half of the cells;
        - `optimality_gap`: how far the mean of min(z, 1) stays below 1; less is better;
        - `mean_rank`: the rank among the methods on the same cell, 1 the best, ties shared;
        - `n_tasks`: the tasks it was planned for.

        NaN for a method that was not planned for all tasks or has a cell without a value; it is not ranked.
    """
    raise NotImplementedError


def win_matrix(scores: pd.DataFrame) -> pd.DataFrame:
    """Say how often the method of the row beats that of the column on the same cell, at the largest budgets.

    Returns:
        A square frame, methods x methods: the chance within a task (ties half, each prompt with the same weight),
        averaged over the tasks with the same weight each; the diagonal 1/2. NaN where a task was planned for only one
        of the two, or a cell of either has no value.
    """
    raise NotImplementedError


def score_profile(normalised: pd.DataFrame, taus: Floats = TAUS) -> pd.DataFrame:
    """Give the share of cells above each score, at the largest budgets: F(tau) = mean of 1[z > tau].

    Returns:
        One row a `method` and `tau`: `share` with its 95 % interval `low`, `high`; NaN as in `aggregates`.
    """
    raise NotImplementedError
