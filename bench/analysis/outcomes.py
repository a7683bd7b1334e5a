"""What the images are like at the end: the mean of each metric, with how sure it is."""

import pandas as pd

from bench.analysis.intervals import strict_mean
from bench.analysis.scores import fill_cells, largest_budget, task_intervals
from bench.store.columns import GROUP


def outcomes(scores: pd.DataFrame, quantities: list[str]) -> pd.DataFrame:
    """Estimate columns of `scores` at the largest budget of each task.

    Args:
        scores: of the store.
        quantities: its columns, such as those that `metric_names` lists.

    Returns:
        One row a method and `quantity` with the keys of `GROUP`: `mean` over prompts of the means over seeds, cells
        without a score as `base`, and its 95 % interval over prompts, `low` and `high`.
        All NaN where a cell has no value, the interval also where there is one prompt.
    """
    cells = largest_budget(fill_cells(scores))
    means = strict_mean(cells, [*GROUP, "prompt"], quantities).reset_index()
    long = means.melt([*GROUP, "prompt"], quantities, var_name="quantity")
    return task_intervals(long.set_index([*GROUP, "quantity", "prompt"])["value"]).reset_index()
