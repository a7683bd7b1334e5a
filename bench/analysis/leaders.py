"""Who leads at each budget, by how much, and whether that is more than the choice of prompts."""

import pandas as pd

from bench.store.columns import POINT


def leaders(versus: pd.DataFrame) -> pd.DataFrame:
    """Name the leader at each budget of each task, and its lead over the runner-up.

    Args:
        versus: of `bench.analysis.paired.versus_best`.

    Returns:
        One row a point with at least two ranked methods: `leader`, `runner_up`, `lead` with its paired 95 % interval
        `low`, `high`, and `resolved`, `needed` and `n_prompts`, as in `versus`.
    """
    rivals = versus[versus["method"] != versus["best"]]
    nearest = rivals.sort_values([*POINT, "lead", "method"]).groupby(POINT, as_index=False).head(1)
    named = nearest.rename(columns={"best": "leader", "method": "runner_up"})
    kept = [*POINT, "leader", "runner_up", "lead", "low", "high", "resolved", "needed", "n_prompts"]
    return named[kept].reset_index(drop=True)
