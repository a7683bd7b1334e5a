import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from bench.analysis.intervals import DRAWS, interval, percentiles, resample_weights, strict_mean, t_quantile

values = st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 3))


def images(n_prompts, n_seeds, n_sets, rng):
    """Rewards of mean 0: prompts differ by a standard deviation of 1, seeds by 0.5."""
    prompts = rng.normal(0, 1, (n_prompts, 1, n_sets))
    return prompts + rng.normal(0, 0.5, (n_prompts, n_seeds, n_sets))


def coverage(clusters):
    estimate = interval(clusters)
    return np.mean((estimate.low <= 0) & (estimate.high >= 0))


def test_two_prompts_by_hand():
    # The standard error of 0 and 1 is 1/2, and Student's t with one degree of freedom is Cauchy: tan(0.475 pi) = 12.7.
    estimate = interval(np.array([[0.0], [1.0]]))
    assert (estimate.mean, estimate.high - estimate.mean) == ([0.5], pytest.approx([np.tan(0.475 * np.pi) / 2]))


def test_interval_of_ninety_nine_equal_prompts_and_one_other_by_hand():
    # The odd prompt, worth 1/100, is drawn Poisson(1)-like: 0 times in 37 %, at most 3 times in 98.1 %.
    estimate = interval(np.array([[0.0]] * 99 + [[1.0]]))
    assert estimate.low == [0.0]
    assert estimate.high == pytest.approx([0.03])


@pytest.mark.parametrize("n_prompts", [2, 5, 19])
def test_few_prompts_have_the_interval_of_the_t_test(n_prompts):
    means = np.random.default_rng(n_prompts).normal(size=n_prompts)
    theirs = stats.ttest_1samp(means, 0).confidence_interval(0.95)
    ours = interval(means[:, None])
    assert [ours.low[0], ours.high[0]] == pytest.approx(list(theirs))


def test_quantiles_of_t():
    assert t_quantile(np.array([1, 2, 1e9])) == pytest.approx([12.706, 4.303, 1.960], abs=1e-3)


def test_equal_prompts_have_no_width():
    estimate = interval(np.full((7, 1), 0.3))
    assert estimate.low == pytest.approx([0.3])
    assert estimate.high == pytest.approx([0.3])


def test_one_prompt_has_a_mean_and_no_interval():
    estimate = interval(np.array([[0.3, 0.4]]))
    assert estimate.mean == pytest.approx([0.3, 0.4])
    assert np.isnan([estimate.low, estimate.high]).all()


@pytest.mark.parametrize("n_prompts", [3, 30])
def test_a_hole_makes_only_its_own_series_unknown(n_prompts):
    series = np.random.default_rng(0).normal(size=(n_prompts, 2))
    whole = interval(series[:, 1:])
    series[0, 0] = np.nan
    estimate = interval(series)
    assert np.isnan([estimate.mean[0], estimate.low[0], estimate.high[0]]).all()
    assert [part[1] for part in estimate] == pytest.approx([part[0] for part in whole])


def test_weights_are_shares_of_a_resample():
    weights = resample_weights(5)
    assert weights.shape == (DRAWS, 5)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert np.unique(weights * 5).tolist() == pytest.approx(range(6))


def test_weights_are_shared_and_cannot_be_spoilt():
    with pytest.raises(ValueError, match="read-only"):
        resample_weights(5)[0, 0] = 1


def test_the_same_prompts_have_the_same_interval_again():
    means = np.random.default_rng(0).normal(size=(22, 1))
    first = interval(means)
    resample_weights.cache_clear()
    assert interval(means).low == first.low


@given(arrays(float, (6, 3), elements=values), st.permutations(range(3)))
def test_the_order_of_series_does_not_matter(means, order):
    plain, turned = interval(means), interval(means[:, order])
    for before, after in zip(plain, turned, strict=True):
        assert after == pytest.approx(before[order], abs=1e-9)


@given(arrays(float, (6, 3), elements=values), st.floats(0.1, 10), values)
def test_scale_and_shift_carry_over(means, scale, shift):
    plain, moved = interval(means), interval(scale * means + shift)
    for before, after in zip(plain, moved, strict=True):
        assert after == pytest.approx(scale * before + shift, abs=1e-8)


def test_agrees_with_scipy_on_the_means_of_prompts():
    means = np.random.default_rng(1).gamma(2.0, size=40)
    ours = interval(means[:, None])
    theirs = stats.bootstrap((means,), np.mean, n_resamples=20_000, method="percentile", rng=2)
    assert [ours.low[0], ours.high[0]] == pytest.approx(list(theirs.confidence_interval), abs=0.02)
    assert ours.high[0] - ours.low[0] == pytest.approx(theirs.standard_error * 2 * 1.96, rel=0.04)


@pytest.mark.parametrize("n_prompts", [2, 3, 5, 10, 19])
def test_few_prompts_are_covered_as_said_and_the_bootstrap_would_not(n_prompts):
    rewards = images(n_prompts, n_seeds=3, n_sets=4000, rng=np.random.default_rng(n_prompts)).mean(axis=1)
    assert coverage(rewards) == pytest.approx(0.95, abs=0.012)
    if n_prompts in (3, 5, 10):
        low, high = percentiles(rewards.T @ resample_weights(n_prompts, draws=2000).T)
        covered = {3: 0.75, 5: 0.84, 10: 0.90}[n_prompts]
        assert np.mean((low <= 0) & (high >= 0)) == pytest.approx(covered, abs=0.015)


@pytest.mark.parametrize("shape", ["laplace", "uniform"])
def test_other_symmetric_shapes_are_covered_too(shape):
    assert coverage(getattr(np.random.default_rng(1), shape)(-1, 1, size=(5, 4000)) + (shape == "laplace")) >= 0.925


def test_many_prompts_are_covered_as_said_and_the_wrong_unit_is_not():
    rewards = images(n_prompts=60, n_seeds=3, n_sets=1000, rng=np.random.default_rng(3))
    assert 0.93 <= coverage(rewards.mean(axis=1)) <= 0.97
    # Each image as if it were a prompt of its own; then new seeds of the same prompts for new prompts.
    assert coverage(rewards.reshape(180, 1000)) < 0.85
    within = rewards - rewards.mean(axis=1, keepdims=True)
    width = 1.96 * within.std(axis=1, ddof=1).mean(axis=0) / np.sqrt(180)
    assert np.mean(np.abs(rewards.mean(axis=(0, 1))) <= width) < 0.6


def test_at_the_change_from_t_to_bootstrap_nothing_jumps():
    rewards = images(n_prompts=20, n_seeds=3, n_sets=1000, rng=np.random.default_rng(6)).mean(axis=1)
    assert coverage(rewards) == pytest.approx(coverage(rewards[:19]), abs=0.035)


def test_strict_mean_weighs_groups_and_keeps_holes():
    frame = pd.DataFrame({"p": ["a", "a", "b", "b"], "x": [1.0, 3.0, 5.0, np.nan], "y": [1.0, 1.0, 2.0, 4.0]})
    means = strict_mean(frame, ["p"], ["x", "y"])
    assert means["y"].to_dict() == {"a": 1.0, "b": 3.0}
    assert means.loc["a", "x"] == 2.0
    assert np.isnan(means.loc["b", "x"])
