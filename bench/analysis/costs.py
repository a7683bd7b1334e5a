"""What a method spent to get there: time, evaluations and memory of the cells that have a result."""

import pandas as pd

from bench.analysis.intervals import interval
from bench.analysis.scores import largest_budget
from bench.store.columns import COMPILE, COUNTERS, GPU, GROUP, PEAK

_MEANS = [*COUNTERS, *GPU]


def costs(scores: pd.DataFrame) -> pd.DataFrame:
    """Estimate what the cells of each method had spent at their last result by the largest budget of their task.

    A cell that failed or had nothing scored by then has no such moment: neither its counters nor its memory count.

    Returns:
        One row a method and `quantity` with the keys of `GROUP`: for each of `COUNTERS`, and of `GPU` for the whole
        cells, the `mean` over prompts of the means over seeds, with its 95 % interval over prompts, `low` and `high`;
        for `PEAK` and `COMPILE` the largest of the whole cells, without one. No rows for a method without a result.
    """
    final = largest_budget(scores)
    groups = {keys: _spent(rows) for keys, rows in final[final["status"] == "ok"].groupby(GROUP)}
    columns = ["mean", "low", "high"]
    if not groups:
        return pd.DataFrame(columns=[*GROUP, "quantity", *columns])
    return pd.concat(groups, names=[*GROUP, "quantity"]).reset_index()[[*GROUP, "quantity", *columns]]


def _spent(rows: pd.DataFrame) -> pd.DataFrame:
    prompts = rows.groupby("prompt")[_MEANS].mean()
    spent = pd.DataFrame(interval(prompts.to_numpy(float))._asdict(), index=_MEANS)
    for name in (PEAK, COMPILE):
        spent.loc[name, "mean"] = rows[name].max()
    return spent
