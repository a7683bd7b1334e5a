"""How many prompts would tell: by scipy, on samples that have exactly the mean and the spread that were seen."""

import numpy as np
import pytest
from scipy import stats

from bench.analysis.needed import MOST, prompts_needed


def needed(difference, spread, seen=3, level=0.05):
    (found,) = prompts_needed(*(np.array([one], dtype=float) for one in (difference, spread, seen, level)))
    return found


def p_of(difference, spread, n_prompts):
    sample = np.random.default_rng(n_prompts).normal(size=n_prompts)
    sample = difference + spread * (sample - sample.mean()) / sample.std(ddof=1)
    return stats.ttest_1samp(sample, 0).pvalue


@pytest.mark.parametrize("level", [0.05, 0.05 / 28])
@pytest.mark.parametrize(("difference", "spread"), [(1.0, 1.0), (-0.3, 1.0), (0.1, 0.5), (0.02, 0.15)])
def test_it_is_the_least_number_at_which_the_t_test_rejects(difference, spread, level):
    n_prompts = int(needed(difference, spread, level=level))
    assert p_of(difference, spread, n_prompts) <= level < p_of(difference, spread, n_prompts - 1)


def test_by_hand():
    # t = 1.25 sqrt(n): 2.5 with three degrees of freedom, where 3.18 is called for; 2.80 with four, where 2.78 is.
    assert needed(5.0, 4.0) == 5


def test_the_more_comparisons_the_more_prompts():
    found = [needed(0.5, 1.0, level=0.05 / comparisons) for comparisons in (1, 3, 28)]
    assert found == sorted(set(found))


def test_it_is_more_than_there_are():
    assert needed(1.0, 0.01, seen=3) == 4
    assert needed(1.0, 0.0, seen=2) == 3
    assert needed(0.2, 1.0, seen=2 * MOST) == 2 * MOST + 1


@pytest.mark.parametrize(("difference", "spread"), [(0.0, 1.0), (0.0, 0.0), (1e-3, 1.0), (1.0, np.nan), (np.nan, 1.0)])
def test_nothing_tells_what_is_no_difference_and_what_is_not_known(difference, spread):
    assert np.isinf(needed(difference, spread))


def test_many_are_found_at_once_as_one_by_one():
    differences, spreads = np.array([1.0, 0.1, 0.0]), np.array([1.0, 0.5, 1.0])
    seen, level = np.array([3, 4, 5]), np.array([0.05, 0.01, 0.05])
    alone = [needed(*one) for one in zip(differences, spreads, seen, level, strict=True)]
    assert prompts_needed(differences, spreads, seen, level).tolist() == alone


def test_of_no_pairs_nothing_is_needed():
    assert prompts_needed(*np.empty((4, 0))).shape == (0,)
