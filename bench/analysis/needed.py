"""How many prompts it would take to tell: that a difference is open says as much of a run's size as of its methods."""

import numpy as np

from bench.analysis.intervals import Floats
from bench.analysis.significance import t_p_values

MOST = 1000
"""Prompts: a difference that takes more is none that a run could show."""


def prompts_needed(difference: Floats, spread: Floats, seen: Floats, level: Floats) -> Floats:
    """Find how many prompts would resolve differences, were means and spread what they are on those seen.

    By the paired t-test, whose p falls with the number of prompts, so that the least number is found by halving.

    Args:
        difference: `(n,)`, means over prompts.
        spread: `(n,)`, standard deviations over prompts.
        seen: `(n,)`, how many prompts there are.
        level: `(n,)`, the p that is small enough.

    Returns:
        `(n,)`, the least number of prompts above `seen`; infinite if it is more than `MOST`, or if the spread is not
        known, as of one prompt.
    """
    few, many = np.asarray(seen, dtype=float), np.maximum(MOST, seen + 1.0)
    while (many - few > 1).any():
        middle = np.ceil((few + many) / 2)
        enough = _p(difference, spread, middle) <= level
        few, many = np.where(enough, few, middle), np.where(enough, middle, many)
    return np.where(_p(difference, spread, many) <= level, many, np.inf)


def _p(difference: Floats, spread: Floats, n_prompts: Floats) -> Floats:
    return t_p_values(difference, spread / np.sqrt(n_prompts), n_prompts)
