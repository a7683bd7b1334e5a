"""Sets of samples: how a method's differ from each other, from those of `base`, from a distribution that is known."""

import numpy as np
import pandas as pd

from bench.analysis.intervals import strict_mean
from bench.analysis.scores import largest_budget, task_intervals
from bench.store.columns import GROUP


def summarise_sets(sets: pd.DataFrame) -> pd.DataFrame:
    """Summarise each method and metric of sets at the largest budget of each task in one row.

    Args:
        sets: rows with the keys of `GROUP`, `prompt` (empty where a set spans all prompts), `metric`, `value`, `se`,
            `n`.

    Returns:
        The keys; `mean`, `low` and `high` of the value (mean over prompts, 95 % interval over prompts; no
        interval where a set spans all prompts), NaN where one of the sets has no value; `se`, the standard error of
        the mean that the errors of the values make, NaN where one is not known; and `n`, the samples of all its sets.
    """
    last = largest_budget(sets)
    by = [*GROUP, "metric"]
    values = last.set_index([*by, "prompt"])["value"].astype(float)
    groups = last.groupby(by)
    squares = strict_mean(last.assign(se=last["se"].astype(float) ** 2), by, ["se"])["se"]
    errors = np.sqrt(squares / groups.size()).rename("se")
    return task_intervals(values).join(errors).join(groups["n"].sum()).reset_index()
