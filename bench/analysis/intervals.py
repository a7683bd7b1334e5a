"""How sure a mean is: a cluster bootstrap over prompts.

The question behind every interval here is "how would the mean move with other prompts of this kind?". So
prompts are resampled, and the seeds inside a prompt are averaged beforehand. To resample the single images
would answer another question and claim false wins: intervals called 95 % would cover 78 %.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Kind = Literal["percentile", "bca"]

LEVEL = 0.95
TAILS = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
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


def cluster_interval(prompt_means: Floats, draws: int = DRAWS, seed: int = SEED, kind: Kind = "percentile") -> Estimate:
    """Estimate the mean over prompts of each series, with its 95 % interval.

    Args:
        prompt_means: `(n_prompts, n_series)`, each entry the mean over the seeds of one prompt. A series
            with a NaN in it has the estimate NaN.
        draws: how many resamples.
        seed: of the generator that draws them.
        kind: "percentile", or "bca", which corrects for bias and skewness (Efron, JASA 82, 1987): worth its
            while where a few prompts differ much from the rest.

    Returns:
        Three arrays `(n_series,)`. One prompt says nothing about other prompts: its interval is NaN, never
        one over its seeds, which would look the same and mean something else.
    """
    mean = prompt_means.mean(axis=0)
    if len(prompt_means) == 1:
        return Estimate(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    resampled = prompt_means.T @ resample_weights(len(prompt_means), draws, seed).T
    if kind == "bca":
        return Estimate(mean, *_bca(prompt_means, resampled))
    return Estimate(mean, *percentiles(resampled))


def percentiles(resampled: Floats) -> tuple[Floats, Floats]:
    """Read the two ends of the 95 % interval off `(n_series, draws)` resampled estimates."""
    low, high = np.quantile(resampled, TAILS, axis=1)
    return low, high


def _bca(prompt_means: Floats, resampled: Floats) -> tuple[Floats, Floats]:
    """Read the two ends at levels that bias and acceleration have shifted, each series at its own."""
    mean = prompt_means.mean(axis=0)
    draws = resampled.shape[1]
    ordered = np.sort(resampled, axis=1)
    below = ((ordered < mean[:, None]).mean(axis=1) + (ordered <= mean[:, None]).mean(axis=1)) / 2
    bias = ndtri(np.clip(below, 0.5 / draws, 1 - 0.5 / draws))
    shifted = bias + ndtri(TAILS)[:, None]
    levels = ndtr(bias + shifted / (1 - _acceleration(prompt_means - mean) * shifted))
    low, high = (_quantile(ordered, level) for level in levels)
    return low, high


def _acceleration(deviations: Floats) -> Floats:
    """The jackknife's skewness of a mean, 0 where all prompts are equal."""
    squares = np.sum(deviations**2, axis=0)
    acceleration: Floats = np.sum(deviations**3, axis=0) / (6 * np.where(squares == 0, 1, squares) ** 1.5)
    return acceleration


def _quantile(ordered: Floats, levels: Floats) -> Floats:
    """Interpolate each row of `(n_series, draws)` at its own level; a row of NaN has any level."""
    position = np.nan_to_num(levels)[:, None] * (ordered.shape[1] - 1)
    left = np.minimum(position.astype(int), ordered.shape[1] - 2)
    below, above = (np.take_along_axis(ordered, left + step, axis=1) for step in (0, 1))
    interpolated: Floats = below + (position - left) * (above - below)
    return interpolated[:, 0]
