"""Sets of images: how a method's differ from each other, and all of them from those of `base`."""

import pandas as pd

from bench.analysis.scores import largest_budget, task_intervals
from bench.store.columns import GROUP


def summarise_sets(sets: pd.DataFrame) -> pd.DataFrame:
    """Summarise each method and metric of sets at the largest budget of each task in one row.

    Args:
        sets: rows with the keys of `GROUP`, `prompt` (empty where a set spans all prompts), `metric`, `value`, `n`.

    Returns:
        The keys; `mean`, `low` and `high` of the value (mean over prompts, 95 % interval over prompts; no
        interval where a set spans all prompts), NaN where one of the sets has no value; and `n`, the images of all
        its sets.
    """
    last = largest_budget(sets)
    values = last.set_index([*GROUP, "metric", "prompt"])["value"].astype(float)
    counts = last.groupby([*GROUP, "metric"])["n"].sum()
    return task_intervals(values).join(counts).reset_index()
