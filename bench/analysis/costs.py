"""What a method spent to get there: time, evaluations and memory of the cells that ran."""

import pandas as pd

from bench.analysis.intervals import interval
from bench.analysis.scores import largest_budget
from bench.store.columns import COUNTERS, GROUP, PEAK


def costs(scores: pd.DataFrame) -> pd.DataFrame:
    """Estimate what the cells of each method had spent by the largest budget of their task.

    What a failed cell has spent is not known, so it does not count here; `n` says how many do.

    Returns:
        One row a method and `quantity` with the keys of `GROUP`: for each of `COUNTERS` the `mean` over prompts of the
        means over seeds, with its 95 % interval over prompts, `low` and `high`; for `PEAK` the largest, without one;
        NaN where no cell ran; and `n`.
    """
    ran = largest_budget(scores)
    ran = ran[ran["status"].isin(["ok", "none"])]
    groups = {keys: _spent(rows) for keys, rows in ran.groupby(GROUP)}
    columns = ["mean", "low", "high", "n"]
    if not groups:
        return pd.DataFrame(columns=[*GROUP, "quantity", *columns])
    return pd.concat(groups, names=[*GROUP, "quantity"]).reset_index()[[*GROUP, "quantity", *columns]]


def _spent(rows: pd.DataFrame) -> pd.DataFrame:
    prompts = rows.groupby("prompt")[COUNTERS].mean()
    spent = pd.DataFrame(interval(prompts.to_numpy(float))._asdict(), index=COUNTERS)
    spent.loc[PEAK, "mean"] = rows[PEAK].max()
    return spent.assign(n=len(rows))
