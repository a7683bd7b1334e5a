import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from bench.analysis.intervals import DRAWS, SEED, cluster_interval, resample_weights, strict_mean

values = st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 3))


def images(n_prompts, n_seeds, n_sets, rng):
    """Rewards of mean 0: prompts differ by a standard deviation of 1, seeds by 0.5."""
    prompts = rng.normal(0, 1, (n_prompts, 1, n_sets))
    return prompts + rng.normal(0, 0.5, (n_prompts, n_seeds, n_sets))


def coverage(clusters, kind="percentile"):
    estimate = cluster_interval(clusters, draws=2000, kind=kind)
    return np.mean((estimate.low <= 0) & (estimate.high >= 0))


def test_mean_of_two_prompts_by_hand():
    # Two prompts at 0 and 1 resample to 0, 1/2 and 1 with chances 1/4, 1/2 and 1/4.
    estimate = cluster_interval(np.array([[0.0], [1.0]]))
    assert (estimate.mean, estimate.low, estimate.high) == ([0.5], [0.0], [1.0])


def test_interval_of_ninety_nine_equal_prompts_and_one_other_by_hand():
    # The odd prompt, worth 1/100, is drawn Poisson(1)-like: 0 times in 37 %, at most 3 times in 98.1 %.
    estimate = cluster_interval(np.array([[0.0]] * 99 + [[1.0]]))
    assert estimate.low == [0.0]
    assert estimate.high == pytest.approx([0.03])


def test_equal_prompts_have_no_width():
    estimate = cluster_interval(np.full((7, 1), 0.3))
    assert estimate.low == pytest.approx([0.3])
    assert estimate.high == pytest.approx([0.3])


def test_one_prompt_has_a_mean_and_no_interval():
    estimate = cluster_interval(np.array([[0.3, 0.4]]))
    assert estimate.mean == pytest.approx([0.3, 0.4])
    assert np.isnan([estimate.low, estimate.high]).all()


def test_a_hole_makes_only_its_own_series_unknown():
    series = np.array([[0.0, 0.0], [np.nan, 1.0]])
    estimate = cluster_interval(series)
    assert np.isnan([estimate.mean[0], estimate.low[0], estimate.high[0]]).all()
    assert (estimate.mean[1], estimate.low[1], estimate.high[1]) == (0.5, 0.0, 1.0)


def test_weights_are_shares_of_a_resample():
    weights = resample_weights(5)
    assert weights.shape == (DRAWS, 5)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert np.unique(weights * 5).tolist() == pytest.approx(range(6))


def test_weights_are_shared_and_cannot_be_spoilt():
    with pytest.raises(ValueError, match="read-only"):
        resample_weights(5)[0, 0] = 1


def test_the_seed_decides_the_interval():
    means = np.random.default_rng(0).normal(size=(12, 1))
    first, again = cluster_interval(means), cluster_interval(means)
    resample_weights.cache_clear()
    fresh, other = cluster_interval(means), cluster_interval(means, seed=SEED + 1)
    assert first.low == again.low == fresh.low
    assert first.low != other.low


@given(arrays(float, (6, 3), elements=values), st.permutations(range(3)))
def test_the_order_of_series_does_not_matter(means, order):
    plain, turned = cluster_interval(means, draws=200), cluster_interval(means[:, order], draws=200)
    for before, after in zip(plain, turned, strict=True):
        assert after == pytest.approx(before[order], abs=1e-9)


@given(arrays(float, (6, 3), elements=values), st.floats(0.1, 10), values)
def test_scale_and_shift_carry_over(means, scale, shift):
    plain, moved = cluster_interval(means, draws=200), cluster_interval(scale * means + shift, draws=200)
    for before, after in zip(plain, moved, strict=True):
        assert after == pytest.approx(scale * before + shift, abs=1e-8)


def test_agrees_with_scipy_on_the_means_of_prompts():
    means = np.random.default_rng(1).gamma(2.0, size=40)
    ours = cluster_interval(means[:, None])
    theirs = stats.bootstrap((means,), np.mean, n_resamples=20_000, method="percentile", rng=2)
    assert [ours.low[0], ours.high[0]] == pytest.approx(list(theirs.confidence_interval), abs=0.02)
    assert ours.high[0] - ours.low[0] == pytest.approx(theirs.standard_error * 2 * 1.96, rel=0.04)


@pytest.mark.parametrize("kind", ["percentile", "bca"])
def test_the_interval_covers_what_it_says_and_the_wrong_unit_does_not(kind):
    rewards = images(n_prompts=60, n_seeds=3, n_sets=1000, rng=np.random.default_rng(3))
    assert 0.93 <= coverage(rewards.mean(axis=1), kind) <= 0.97
    # Each image as if it were a prompt of its own; then new seeds of the same prompts for new prompts.
    assert coverage(rewards.reshape(180, 1000), kind) < 0.85
    within = rewards - rewards.mean(axis=1, keepdims=True)
    width = 1.96 * within.std(axis=1, ddof=1).mean(axis=0) / np.sqrt(180)
    assert np.mean(np.abs(rewards.mean(axis=(0, 1))) <= width) < 0.6


def test_skewed_rewards_are_covered_better_by_bca():
    sets = np.random.default_rng(5).lognormal(0, 1, (30, 1000)) - np.exp(0.5)
    assert coverage(sets, "bca") > coverage(sets, "percentile") + 0.01


@pytest.mark.parametrize(("n_prompts", "said"), [(3, 0.74), (10, 0.90), (40, 0.94)])
def test_the_warning_of_the_tables_about_few_prompts_is_true(n_prompts, said):
    rewards = images(n_prompts, n_seeds=3, n_sets=2000, rng=np.random.default_rng(4))
    assert coverage(rewards.mean(axis=1)) == pytest.approx(said, abs=0.02)


def test_bca_agrees_with_scipy():
    means = np.random.default_rng(1).gamma(1.0, size=25)
    ours = cluster_interval(means[:, None], kind="bca")
    theirs = stats.bootstrap((means,), np.mean, n_resamples=20_000, method="BCa", rng=2).confidence_interval
    plain = cluster_interval(means[:, None])
    assert [ours.low[0], ours.high[0]] == pytest.approx(list(theirs), abs=0.02)
    assert ours.high[0] > plain.high[0] + 0.03


def test_bca_leaves_equal_prompts_without_width_and_holes_open():
    estimate = cluster_interval(np.array([[0.3, np.nan, 1.0], [0.3, 1.0, 2.0], [0.3, 1.0, 4.0]]), kind="bca")
    assert (estimate.low[0], estimate.high[0]) == pytest.approx((0.3, 0.3))
    assert np.isnan([estimate.low[1], estimate.high[1]]).all()
    assert 1.0 <= estimate.low[2] < estimate.high[2] <= 4.0


def test_strict_mean_weighs_groups_and_keeps_holes():
    frame = pd.DataFrame({"p": ["a", "a", "b", "b"], "x": [1.0, 3.0, 5.0, np.nan], "y": [1.0, 1.0, 2.0, 4.0]})
    means = strict_mean(frame, ["p"], ["x", "y"])
    assert means["y"].to_dict() == {"a": 1.0, "b": 3.0}
    assert means.loc["a", "x"] == 2.0
    assert np.isnan(means.loc["b", "x"])
