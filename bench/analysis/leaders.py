"""Who leads at each budget, by how much, and whether that is more than the choice of prompts."""

import pandas as pd

from bench.analysis.paired import versus_best
from bench.analysis.scores import fill_cells
from bench.store.columns import POINT


def leaders(scores: pd.DataFrame) -> pd.DataFrame:
    """Name the leader in mean reward at each (model, reward, budget), and its lead over the runner-up.

    Returns:
        One row a (model, reward, budget) with at least two ranked methods: `leader`, `runner_up`, `lead` with
        its paired 95 % interval `low`, `high`, and `resolved`: the interval excludes 0. Only methods with a
        complete mean are ranked. The interval is not widened for having picked the two best out of many.
    """
    behind = versus_best(fill_cells(scores))
    rivals = behind[behind["method"] != behind["best"]]
    nearest = rivals.sort_values([*POINT, "lead", "method"]).groupby(POINT, as_index=False).head(1)
    nearest = nearest.assign(resolved=~nearest["tied"])
    named = nearest.rename(columns={"best": "leader", "method": "runner_up"})
    return named[[*POINT, "leader", "runner_up", "lead", "low", "high", "resolved"]].reset_index(drop=True)
