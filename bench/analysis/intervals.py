"""How sure a mean is: a cluster bootstrap over prompts.

The question behind every interval here is "how would the mean move with other prompts of this kind?". So
prompts are resampled, and the seeds inside a prompt are averaged beforehand. To resample the single images
would answer another question and claim false wins: intervals called 95 % would cover 78 %.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
DRAWS = 10_000
FEW_PROMPTS = 20  # below, what is called 95 % covers less than 92 %: 74 % at 3 prompts, 84 % at 5, 90 % at 10
SEED = 2405  # any fixed number: it is what makes a printed interval reproducible


class Estimate(NamedTuple):
    """A mean with its percentile interval; NaN where it is not known."""

    mean: Floats
    low: Floats
    high: Floats


def strict_mean(frame: pd.DataFrame, by: list[str], values: list[str]) -> pd.DataFrame:
    """Average `values` within the groups `by`; a group with a NaN in it has the mean NaN.

    pandas skips missing values, so that a method with half of its cells would look whole.
    """
    groups = frame.groupby(by)[values]
    return groups.mean().where(groups.count().eq(groups.size(), axis=0))


@lru_cache(maxsize=16)
def resample_weights(n_prompts: int, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Draw how much each prompt weighs in each resample: `(draws, n_prompts)`, rows sum to 1.

    The weights depend on nothing but the arguments. So all methods and all points of a curve share them:
    bands are coherent, differences are paired, and one more method leaves the intervals of the others
    alone.
    """
    counts = np.random.default_rng(seed).multinomial(n_prompts, np.full(n_prompts, 1 / n_prompts), size=draws)
    weights = counts / n_prompts
    weights.setflags(write=False)  # shared by all callers
    return weights


def cluster_interval(prompt_means: Floats, draws: int = DRAWS, seed: int = SEED) -> Estimate:
    """Estimate the mean over prompts of each series, with its 95 % percentile interval.

    Args:
        prompt_means: `(n_prompts, n_series)`, each entry the mean over the seeds of one prompt. A series
            with a NaN in it has the estimate NaN.
        draws: how many resamples.
        seed: of the generator that draws them.

    Returns:
        Three arrays `(n_series,)`. One prompt says nothing about other prompts: its interval is NaN, never
        one over its seeds, which would look the same and mean something else.
    """
    mean = prompt_means.mean(axis=0)
    if len(prompt_means) == 1:
        return Estimate(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    resampled = prompt_means.T @ resample_weights(len(prompt_means), draws, seed).T
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=1)
    return Estimate(mean, low, high)
