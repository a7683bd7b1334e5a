"""Sets of images: how a method's differ from each other, and all of them from those of `base`."""

import pandas as pd

from bench.analysis.intervals import cluster_interval
from bench.analysis.scores import largest_budget
from bench.store.columns import GROUP, POINT


def summarise_sets(sets: pd.DataFrame) -> pd.DataFrame:
    """Summarise each (model, reward, method, metric) at its largest budget in one row.

    Args:
        sets: rows with the keys of `GROUP`, `prompt` (empty where a set spans all prompts), `metric`, `value`, `n`.

    Returns:
        The keys; `mean`, `low` and `high` of the value (mean over prompts, 95 % cluster bootstrap over prompts; no
        interval where a set spans all prompts), NaN where one of the sets has no value; and `n`, the images of all
        its sets.
    """
    last = largest_budget(sets)
    parts = [_intervals(rows) for _, rows in last.groupby([*POINT, "metric"], sort=False)]
    counts = last.groupby([*GROUP, "metric"])["n"].sum()
    return pd.concat(parts).join(counts).reset_index()


def _intervals(rows: pd.DataFrame) -> pd.DataFrame:
    series = rows.set_index([*GROUP, "metric", "prompt"])["value"].unstack("prompt")
    estimate = cluster_interval(series.to_numpy(float).T)
    return pd.DataFrame(estimate._asdict(), index=series.index)
