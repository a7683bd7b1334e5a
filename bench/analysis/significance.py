"""Could chance alone have done it? Sign-flip tests over prompts, and Holm's correction for many of them.

If two methods were equally good, each prompt's difference could as well have had the other sign. So the observed mean
difference is compared with those of all assignments of signs to the prompts: exact, with no assumption on the shape.
"""

from functools import lru_cache

import numpy as np

from bench.analysis.intervals import DRAWS, SEED, Floats

EXACT_PROMPTS = 13  # 2^13 assignments are fewer than the 10,000 drawn above
SLACK = 1e-9  # relative: an assignment that ties with the observed one must not lose by the last bit of a sum


@lru_cache(maxsize=16)
def sign_assignments(n_prompts: int, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Lay out all assignments of signs to few prompts, or draw `draws` for many: `(n_assignments, n_prompts)`.

    The first one is all plus, the observed one: it belongs to those that chance could have made, so that a drawn
    p-value is never 0.
    """
    if n_prompts <= EXACT_PROMPTS:
        bits = np.arange(2**n_prompts)[:, None] >> np.arange(n_prompts) & 1
        return np.asarray(1 - 2 * bits, dtype=np.float64)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws + 1, n_prompts))
    signs[0] = 1.0
    return signs


def sign_flip(differences: Floats) -> Floats:
    """Test each series for a mean of 0, two-sided.

    Args:
        differences: `(n_prompts, n_series)`, one difference a prompt, seeds averaged before.

    Returns:
        p-values `(n_series,)`: the share of sign assignments whose mean is at least as far from 0 as the observed one.
        1 where all differences are 0; NaN where one is. No value below `2 / 2^n_prompts` is possible: with five
        prompts or fewer nothing is significant at 5 %.
    """
    means = np.abs(sign_assignments(len(differences)) @ differences)
    p: Floats = (means >= means[0] * (1 - SLACK)).mean(axis=0)
    return np.where(np.isnan(differences).any(axis=0), np.nan, p)


def holm(p: Floats) -> Floats:
    """Adjust p-values for their number (Holm, Scand. J. Statist. 6, 1979): reject where the adjusted one is <= 5 %.

    The chance of a single false rejection among all is then at most 5 %. A NaN was not tested: it stays NaN and does
    not count.
    """
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    ascending = tested[np.argsort(p[tested], kind="stable")]
    steps = p[ascending] * np.arange(len(ascending), 0, -1)
    adjusted[ascending] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
