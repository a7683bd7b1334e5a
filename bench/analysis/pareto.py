"""Who is efficient: nobody has at least as much reward for at most as much of a resource."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.analysis.intervals import Floats
from bench.store.columns import GROUP, TASK

COSTS = ("seconds", "peak_memory_mb")


def pareto(summary: pd.DataFrame, cost: str) -> pd.DataFrame:
    """Mark the efficient rows of each task.

    Args:
        summary: rows of `summarise`, of one budget or of several.
        cost: a column of it, less is better.

    Returns:
        One row a method at a budget of a task whose mean and cost are known, and all of whose cells had something
        scored by then or failed (a cell that is still at its first image has not paid for it yet): the keys, `cost`,
        `mean`, `low`, `high`, and `efficient`: no row of the same task has at least its mean for at most
        its cost and is better in one of the two. Equals are both efficient.
    """
    known = summary[(summary["n_none"] == 0) & summary[[cost, "mean"]].notna().all(axis="columns")]
    points = known.rename(columns={cost: "cost"})[[*GROUP, "cost", "mean", "low", "high"]].reset_index(drop=True)
    points["efficient"] = True
    for _, task in points.groupby(TASK):
        points.loc[task.index, "efficient"] = ~dominated(task["cost"].to_numpy(), -task["mean"].to_numpy())
    return points


def dominated(cost: Floats, loss: Floats) -> NDArray[np.bool_]:
    """Whether another is no worse in both and better in one: `(n,)` and `(n,)`, less is better, to `(n,)` bool."""
    no_worse = (cost[:, None] <= cost) & (loss[:, None] <= loss)
    better = (cost[:, None] < cost) | (loss[:, None] < loss)
    return np.asarray((no_worse & better).any(axis=0))
