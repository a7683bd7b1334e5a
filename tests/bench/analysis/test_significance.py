import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.significance import EXACT_PROMPTS, holm, sign_assignments, sign_flip

ps = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def test_three_prompts_by_hand():
    # Of the 8 assignments of signs to 1, 2 and 4 only +++ and --- are as far from 0 as +++; to 1, 1 and -2 all 8 are.
    assert sign_flip(np.array([[1.0, 1.0], [2.0, 1.0], [4.0, -2.0]])).tolist() == [2 / 8, 1.0]


def test_no_difference_is_no_evidence_and_no_error():
    assert sign_flip(np.zeros((5, 1))) == [1.0]
    assert sign_flip(np.zeros((50, 1))) == [1.0]


def test_a_hole_is_not_tested():
    found = sign_flip(np.array([[np.nan, 1.0], [1.0, 1.0], [1.0, 1.0]]))
    assert np.isnan(found[0])
    assert found[1] == 2 / 8


@pytest.mark.parametrize("n_prompts", [1, 2, 5, 8, EXACT_PROMPTS])
def test_few_prompts_have_a_least_p_value(n_prompts):
    least = sign_flip(np.ones((n_prompts, 1)))
    assert least == [2 / 2**n_prompts]
    assert (least <= 0.05) == (n_prompts >= 6)


@pytest.mark.parametrize("n_prompts", [4, 9])
def test_exact_p_values_agree_with_scipy(n_prompts):
    differences = np.random.default_rng(n_prompts).normal(0.4, 1, n_prompts)
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(differences[:, None]) == pytest.approx(theirs.pvalue)


def test_drawn_p_values_agree_with_scipy_and_with_wilcoxon():
    differences = np.random.default_rng(0).normal(0.3, 1, 40)
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1)
    found = sign_flip(differences[:, None])[0]
    assert found == pytest.approx(theirs.pvalue, abs=0.01)
    assert found == pytest.approx(stats.wilcoxon(differences).pvalue, abs=0.05)


def test_a_drawn_p_value_is_never_zero():
    assert sign_flip(np.full((40, 1), 3.0))[0] == pytest.approx(1 / len(sign_assignments(40)))


def test_under_the_null_p_values_are_uniform():
    p = sign_flip(np.random.default_rng(2).normal(size=(20, 2000)))
    assert [np.mean(p <= level) for level in (0.05, 0.5)] == pytest.approx([0.05, 0.5], abs=0.02)


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.5, 0.6])) == pytest.approx([1.0, 1.0])


def test_what_was_not_tested_does_not_count():
    found = holm(np.array([0.02, np.nan, 0.03]))
    assert np.isnan(found[1])
    assert found[[0, 2]] == pytest.approx([0.04, 0.04])


@given(ps)
def test_holm_lies_between_the_plain_p_value_and_bonferroni(p):
    adjusted = holm(np.array(p))
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p)) + 1e-12).all()
