"""What the images are like at the end: the mean of each metric, with how sure it is."""

import pandas as pd

from bench.analysis.intervals import cluster_interval, strict_mean
from bench.analysis.scores import fill_cells, largest_budget
from bench.store.columns import GROUP, TASK


def outcomes(scores: pd.DataFrame, quantities: list[str]) -> pd.DataFrame:
    """Estimate columns of `scores` at the largest budget of each (model, reward).

    Args:
        scores: of the store.
        quantities: its columns, such as those that `metric_names` lists.

    Returns:
        One row a (model, reward, method, quantity) with the keys of `GROUP`: `mean` over prompts of the means over
        seeds, cells without a score as `base`, and its 95 % cluster bootstrap interval over prompts, `low` and `high`.
        All NaN where a cell has no value, the interval also where there is one prompt.
    """
    cells = largest_budget(fill_cells(scores))
    means = strict_mean(cells, [*GROUP, "prompt"], quantities).reset_index()
    long = means.melt([*GROUP, "prompt"], quantities, var_name="quantity")
    parts = [_estimates(rows) for _, rows in long.groupby(TASK)]
    return pd.concat(parts).reset_index()


def _estimates(rows: pd.DataFrame) -> pd.DataFrame:
    """Estimate the series of one task; tasks may differ in their prompts."""
    series = rows.set_index([*GROUP, "quantity", "prompt"])["value"].unstack("prompt")
    return pd.DataFrame(cluster_interval(series.to_numpy().T)._asdict(), index=series.index)
