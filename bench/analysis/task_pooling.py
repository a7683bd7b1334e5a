"""Several tasks in one mean: each task weighs the same; the unit is the prompt, with its values in all of them."""

import numpy as np
import pandas as pd

from bench.analysis.intervals import (
    DRAWS,
    FEW_PROMPTS,
    SEED,
    Estimate,
    Floats,
    interval,
    percentiles,
    resample_weights,
    strict_mean,
)
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
    """Estimate the mean over tasks of the mean over prompts, with its 95 % interval.

    That is Student's t below 20 prompts where the tasks share them, since the estimate is then a mean of one value a
    prompt, and the percentiles of the resamples from there on.

    Args:
        values: one row a task and prompt, the means over seeds; one column a series.

    Returns:
        Three arrays `(n_series,)`; NaN for a series with a hole; no interval where tasks with few prompts have others.
    """
    tasks = values.groupby(TASK)
    n_prompts = tasks.size()
    if n_prompts.min() < FEW_PROMPTS and (values.groupby("prompt").size() == len(n_prompts)).all():
        return interval(strict_mean(values, ["prompt"], list(values.columns)).to_numpy())
    mean = tasks.mean().mean().where(values.notna().all()).to_numpy()
    return Estimate(mean, *pooled_percentiles(values.index, values.to_numpy().T @ pooled_weights(values.index).T))


def pooled_percentiles(prompts: pd.Index, resampled: Floats) -> tuple[Floats, Floats]:
    """Read the two ends of the interval off `(n_series, draws)`: NaN below 20 prompts, where it would be too narrow."""
    if prompts.to_frame(index=False).groupby(TASK).size().min() < FEW_PROMPTS:
        return np.full(len(resampled), np.nan), np.full(len(resampled), np.nan)
    return percentiles(resampled)
