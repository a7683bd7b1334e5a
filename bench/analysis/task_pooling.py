"""Several tasks in one mean: each task weighs the same, and prompts are resampled for all of them at once."""

import numpy as np
import pandas as pd

from bench.analysis.intervals import DRAWS, SEED, Estimate, Floats, percentiles, resample_weights
from bench.store.columns import TASK


def pooled_weights(prompts: pd.Index, draws: int = DRAWS) -> Floats:
    """Draw how much each prompt of each task weighs in each resample.

    Tasks over the same prompts are resampled together, since a prompt that is hard for one reward may be so for
    another; tasks over different prompts are resampled on their own.

    Args:
        prompts: one entry a task and prompt.
        draws: how many resamples.

    Returns:
        `(draws, n_entries)`, rows sum to 1, the entries of a task to 1 / the number of tasks.
    """
    rows = prompts.to_frame(index=False)
    tasks = rows.sort_values("prompt").groupby(TASK)["prompt"]
    weights = np.empty((draws, len(rows)))
    seeds: dict[tuple[str, ...], int] = {}
    for _, task in tasks:
        seed = seeds.setdefault(tuple(task), SEED + len(seeds))
        weights[:, task.index] = resample_weights(len(task), draws, seed) / tasks.ngroups
    return weights


def pooled_interval(values: pd.DataFrame) -> Estimate:
    """Estimate the mean over tasks of the mean over prompts, with its 95 % percentile interval.

    Args:
        values: one row a task and prompt, the means over seeds; one column a series.

    Returns:
        Three arrays `(n_series,)`; NaN for a series with a hole, and no interval where a task has one prompt.
    """
    mean = values.groupby(TASK).mean().mean().where(values.notna().all()).to_numpy()
    return Estimate(mean, *pooled_percentiles(values.index, values.to_numpy().T @ pooled_weights(values.index).T))


def pooled_percentiles(prompts: pd.Index, resampled: Floats) -> tuple[Floats, Floats]:
    """Read the two ends of the interval off `(n_series, draws)`: NaN if a task has one prompt only."""
    if prompts.to_frame(index=False).groupby(TASK).size().min() == 1:
        return np.full(len(resampled), np.nan), np.full(len(resampled), np.nan)
    return percentiles(resampled)
