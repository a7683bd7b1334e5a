"""Could chance alone have done it? Paired tests over prompts, and Holm's correction for many of them.

Over few prompts a paired t-test: it is the test of the interval that is shown there, so that the two agree, and a
sign-flip test could not call anything significant (with five prompts no p is below 1/16). Over many the sign-flip test:
if two methods were equally good, each prompt's difference could as well have had the other sign.
"""

from functools import lru_cache

import numpy as np
from scipy.special import stdtr

from bench.analysis.intervals import DRAWS, FEW_PROMPTS, SEED, Floats, standard_error

SLACK = 1e-9  # relative: an assignment that ties with the observed one must not lose by the last bit of a sum


def p_values(differences: Floats) -> Floats:
    """Test each series for a mean of 0, two-sided.

    Args:
        differences: `(n_prompts, n_series)`, one difference a prompt, seeds averaged before.

    Returns:
        p-values `(n_series,)`; NaN where a difference is, or where there is one prompt: nothing can be tested there.
    """
    if len(differences) == 1:
        return np.full(differences.shape[1], np.nan)
    return t_test(differences) if len(differences) < FEW_PROMPTS else sign_flip(differences)


def t_test(differences: Floats) -> Floats:
    """The paired t-test of `p_values`; 1 where all differences are 0."""
    return t_p_values(differences.mean(axis=0), standard_error(differences), len(differences))


def t_p_values(mean: Floats, error: Floats, n_prompts: Floats | int) -> Floats:
    """The same of means over so many prompts with their standard errors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where((mean == 0) & (error == 0), 0.0, np.abs(mean) / error)
    return np.asarray(2 * stdtr(n_prompts - 1, -t))


@lru_cache(maxsize=16)
def sign_assignments(n_prompts: int, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Draw assignments of signs to prompts: `(draws + 1, n_prompts)`.

    The first one is all plus, the observed one: it belongs to those that chance could have made, so that a p-value is
    never 0.
    """
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws + 1, n_prompts))
    signs[0] = 1.0
    return signs


def sign_flip(differences: Floats) -> Floats:
    """The sign-flip test of `p_values`: the share of assignments whose mean is at least as far from 0 as the observed.

    1 where all differences are 0.
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
