import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.intervals import FEW_PROMPTS, interval
from bench.analysis.significance import holm, p_values, sign_assignments, sign_flip

ps = st.lists(st.floats(0, 1), min_size=1, max_size=8)
SIZES = (3, FEW_PROMPTS - 1, FEW_PROMPTS, 50)


@pytest.mark.parametrize("n_prompts", [2, 3, FEW_PROMPTS - 1])
def test_few_prompts_have_the_p_value_of_the_t_test(n_prompts):
    differences = np.random.default_rng(n_prompts).normal(0.4, 1, n_prompts)
    assert p_values(differences[:, None]) == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)


def test_many_prompts_have_the_p_value_of_the_sign_flip_test():
    differences = np.random.default_rng(0).normal(0.3, 1, (FEW_PROMPTS, 2))
    assert p_values(differences).tolist() == sign_flip(differences).tolist()


@pytest.mark.parametrize("n_prompts", SIZES)
def test_interval_and_p_value_agree(n_prompts):
    """Exactly where both are Student's t, and but for the edge where they are not."""
    differences = np.random.default_rng(n_prompts).normal(0.3, 1, (n_prompts, 1000))
    estimate = interval(differences)
    excluded = (estimate.low > 0) | (estimate.high < 0)
    disagree = np.mean(excluded != (p_values(differences) <= 0.05))
    assert disagree == 0 if n_prompts < FEW_PROMPTS else disagree < 0.08


@pytest.mark.parametrize("n_prompts", SIZES)
def test_no_difference_is_no_evidence_and_no_error(n_prompts):
    assert p_values(np.zeros((n_prompts, 1))) == [1.0]


@pytest.mark.parametrize("n_prompts", SIZES)
def test_the_same_gain_everywhere_is_evidence(n_prompts):
    assert p_values(np.full((n_prompts, 1), 0.5))[0] < 0.001


def test_one_prompt_is_not_tested():
    assert np.isnan(p_values(np.ones((1, 2)))).all()


@pytest.mark.parametrize("n_prompts", SIZES)
def test_a_hole_is_not_tested(n_prompts):
    differences = np.random.default_rng(1).normal(size=(n_prompts, 2))
    alone = p_values(differences[:, 1:])
    differences[0, 0] = np.nan
    found = p_values(differences)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(alone[0])


def test_drawn_p_values_agree_with_scipy_and_with_wilcoxon():
    differences = np.random.default_rng(0).normal(0.3, 1, 40)
    theirs = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1)
    found = sign_flip(differences[:, None])[0]
    assert found == pytest.approx(theirs.pvalue, abs=0.01)
    assert found == pytest.approx(stats.wilcoxon(differences).pvalue, abs=0.05)


def test_a_drawn_p_value_is_never_zero():
    assert sign_flip(np.full((40, 1), 3.0))[0] == pytest.approx(1 / len(sign_assignments(40)))


@pytest.mark.parametrize("n_prompts", SIZES)
def test_under_the_null_p_values_are_uniform(n_prompts):
    p = p_values(np.random.default_rng(2).normal(size=(n_prompts, 2000)))
    assert [np.mean(p <= level) for level in (0.05, 0.5)] == pytest.approx([0.05, 0.5], abs=0.03)


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
