import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from bench.analysis.aggregate import aggregates, interquartile_means, normalised, score_profile, win_matrix
from bench.errors import InputError

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "rliable.json").read_text())
SAME = {"darkness": (0, 1)}
scores = st.floats(-5, 5).map(lambda x: round(x, 2))


@pytest.fixture
def golden(make_scores):
    """Runs are seeds, and tasks are prompts."""
    return make_scores({name: np.transpose(values) for name, values in GOLDEN["scores"].items()})


def test_normalised_by_hand(make_scores):
    scores = make_scores({"base": [[1.0], [1.0]], "dno": [[4.0], [np.nan]]})
    z = normalised(scores, {"darkness": (1, 3)}).set_index(["method", "prompt"])["z"]
    assert z["base"].tolist() == [0.0, 0.0]
    assert z["dno"].tolist() == [1.5, 0.0]


def test_a_reward_without_anchors_is_an_error(make_scores):
    with pytest.raises(InputError, match="no anchors for darkness"):
        normalised(make_scores({"a": [[1.0]]}), {"contrast": (0, 1)})


@pytest.mark.parametrize("method", ["a", "b"])
def test_agrees_with_rliable(golden, method):
    z = normalised(golden, SAME)
    found, theirs = aggregates(z).set_index("method").loc[method], GOLDEN["results"][method]
    assert found[["iqm", "optimality_gap"]].tolist() == pytest.approx([theirs["iqm"], theirs["optimality_gap"]])
    profile = score_profile(z, np.array(GOLDEN["taus"]))
    assert profile.loc[profile["method"] == method, "share"].tolist() == pytest.approx(theirs["profile"])


def test_wins_agree_with_rliable(golden):
    assert win_matrix(golden).loc["b", "a"] == pytest.approx(GOLDEN["improvement_of_b_over_a"])


@pytest.mark.parametrize("n", [4, 8, 20])
def test_interquartile_mean_is_the_trimmed_mean(n):
    values = np.random.default_rng(n).normal(size=n)
    assert interquartile_means(values, np.full((1, n), 1 / n)) == pytest.approx(stats.trim_mean(values, 0.25))


def test_interquartile_mean_by_hand():
    # Of 0, 1, 2 the middle half is the 1 and a quarter each of the others' thirds; with weights 3 : 1 it is all 0.
    assert interquartile_means(np.array([2.0, 0.0, 1.0]), np.full((1, 3), 1 / 3)) == pytest.approx(1.0)
    assert interquartile_means(np.array([0.0, 9.0]), np.array([[0.75, 0.25], [0.5, 0.5]])) == pytest.approx([0.0, 4.5])


@given(arrays(float, 7, elements=scores), st.floats(0.1, 5), scores)
def test_interquartile_mean_moves_with_scale_and_shift(values, scale, shift):
    weights = np.full((1, 7), 1 / 7)
    plain = interquartile_means(values, weights)
    assert interquartile_means(scale * values + shift, weights) == pytest.approx(scale * plain + shift, abs=1e-9)
    assert values.min() - 1e-9 <= plain[0] <= values.max() + 1e-9


def three(make_scores, n_tasks=2):
    rng = np.random.default_rng(3)
    shifts = {"a": 0.0, "b": 0.3, "c": 0.6}
    frames = [
        make_scores({name: rng.normal(shift, 1, (5, 2)).round(1) for name, shift in shifts.items()}, reward=f"r{task}")
        for task in range(n_tasks)
    ]
    return pd.concat(frames), {f"r{task}": (-1, 2) for task in range(n_tasks)}


def test_optimality_gap_and_profile_by_hand(make_scores):
    z = normalised(make_scores({"a": [[0.2, 1.4], [0.8, 0.6]]}), SAME)
    assert aggregates(z)["optimality_gap"].tolist() == pytest.approx([1 - (0.2 + 1 + 0.8 + 0.6) / 4])
    profile = score_profile(z, np.array([0.1, 0.6, 1.0]))
    assert profile["share"].tolist() == [1.0, 0.5, 0.25]
    assert profile.iloc[0][["low", "high"]].isna().all()  # all of two prompts is not certain


def test_ranks_by_hand_with_ties(make_scores):
    z = normalised(make_scores({"a": [[3.0], [1.0]], "b": [[1.0], [1.0]], "c": [[1.0], [5.0]]}), SAME)
    assert aggregates(z)["mean_rank"].tolist() == [(1 + 2.5) / 2, (2.5 + 2.5) / 2, (2.5 + 1) / 2]


def test_wins_count_ties_half_and_tasks_alike(make_scores):
    one = make_scores({"a": [[1.0], [2.0]], "b": [[1.0], [1.0]]}, reward="r")
    two = make_scores({"a": [[0.0]], "b": [[5.0]]}, reward="q")
    matrix = win_matrix(pd.concat([one, two]))
    assert matrix.loc["a", "b"] == (0.75 + 0) / 2
    assert matrix.loc["b", "a"] == (0.25 + 1) / 2
    assert np.diag(matrix).tolist() == [0.5, 0.5]


def test_ranks_are_what_the_win_matrix_says(make_scores):
    scores, anchors = three(make_scores)
    matrix, found = win_matrix(scores), aggregates(normalised(scores, anchors)).set_index("method")
    assert (matrix + matrix.T).to_numpy() == pytest.approx(1.0)
    lost = (1 - matrix).sum(axis="columns") - 0.5
    assert found["mean_rank"].to_dict() == pytest.approx((1 + lost).to_dict())


def test_a_copy_of_a_method_leaves_the_others_alone(make_scores):
    scores, anchors = three(make_scores)
    copy = scores[scores["method"] == "a"].assign(method="z")
    columns = [f"{name}{end}" for name in ("iqm", "optimality_gap") for end in ("", "_low", "_high")]
    before = aggregates(normalised(scores, anchors)).set_index("method")[columns]
    after = aggregates(normalised(pd.concat([scores, copy]), anchors)).set_index("method")[columns]
    pd.testing.assert_frame_equal(after.loc[["a", "b", "c"]], before)
    pd.testing.assert_series_equal(after.loc["z"], after.loc["a"], check_names=False, check_exact=True)


def test_the_names_of_seeds_do_not_matter(make_scores):
    scores, anchors = three(make_scores)
    turned = scores.assign(seed=1 - scores["seed"])
    pd.testing.assert_frame_equal(aggregates(normalised(turned, anchors)), aggregates(normalised(scores, anchors)))


def test_rewards_and_anchors_on_another_scale_change_nothing(make_scores):
    scores, anchors = three(make_scores)
    moved = scores.assign(best_reward=10 * scores["best_reward"] - 7)
    wider = {name: (10 * base - 7, 10 * anchor - 7) for name, (base, anchor) in anchors.items()}
    pd.testing.assert_frame_equal(aggregates(normalised(moved, wider)), aggregates(normalised(scores, anchors)))


def test_the_interval_of_the_interquartile_mean_covers_it(make_scores):
    # 300 methods are 300 data sets; a symmetric law has its interquartile mean where its mean is.
    rng = np.random.default_rng(0)
    prompts = rng.normal(0, 1, (300, 40, 1)) + rng.normal(0, 0.5, (300, 40, 2))
    found = aggregates(normalised(make_scores({f"m{i:03d}": values for i, values in enumerate(prompts)}), SAME))
    assert 0.91 <= ((found["iqm_low"] <= 0) & (found["iqm_high"] >= 0)).mean() <= 0.98


def test_few_prompts_give_an_interquartile_mean_no_interval(make_scores):
    scores, anchors = three(make_scores)
    found = aggregates(normalised(scores, anchors))
    assert found[["iqm_low", "iqm_high"]].isna().all(axis=None)
    assert found[["optimality_gap_low", "mean_rank_high"]].notna().all(axis=None)


def test_a_method_that_is_not_whole_is_not_summed_up(make_scores):
    scores, anchors = three(make_scores)
    part = scores[(scores["method"] != "c") | (scores["reward"] == "r0")]
    z = normalised(part, anchors)
    found = aggregates(z).set_index("method")
    assert found["n_tasks"].to_dict() == {"a": 2, "b": 2, "c": 1}
    assert found.loc["c"].drop("n_tasks").isna().all()
    pd.testing.assert_frame_equal(
        found.loc[["a", "b"]], aggregates(z[z["method"] != "c"]).set_index("method"), check_like=True
    )
    matrix = win_matrix(part)
    assert matrix.loc[["a", "b"], ["a", "b"]].notna().all(axis=None)
    assert matrix.loc["c", ["a", "b"]].isna().all()
    profile = score_profile(z)
    assert profile.loc[profile["method"] == "c", "share"].isna().all()


def test_only_the_largest_budget_counts(make_scores):
    z = normalised(make_scores({"a": [[[0.1, 0.9]]]}, budgets=(1.0, 2.0)), SAME)
    assert aggregates(z)["iqm"].tolist() == pytest.approx([0.9])
