import numpy as np
import pandas as pd
import pytest

from bench.analysis.published.compare import compare_tables


def published(**changes):
    row = {
        "model": "m", "steps": np.nan, "reward": "darkness", "method": "a", "budget_unit": "", "budget": np.nan,
        "published": 2.0, "published_se": np.nan, "tolerance": 0.0, **changes,
    }  # fmt: skip
    return pd.DataFrame([row])


def only(rows, scores, steps=None):
    (row,) = compare_tables(rows, scores, steps or {}).itertuples()
    return row


def test_ours_is_the_mean_over_prompts_with_the_error_over_them(make_scores):
    values = np.array([[1.0, 3.0], [2.0, 4.0], [6.0, 6.0]])
    row = only(published(), make_scores({"a": values}))
    assert row.ours == pytest.approx(11 / 3)
    assert row.ours_se == pytest.approx(np.std([2, 3, 6], ddof=1) / np.sqrt(3))
    assert row.difference == pytest.approx(11 / 3 - 2)
    assert (row.budget, row.budget_unit) == (10.0, "seconds")


@pytest.mark.parametrize(("value", "verdict"), [(3.0, "match"), (7.2, "match"), (7.4, "differs")])
def test_few_prompts_are_allowed_what_their_interval_allows(make_scores, value, verdict):
    # Prompt means 2, 3 and 4: SE 1 / sqrt 3, times 4.303; a larger tolerance is allowed instead.
    scores = make_scores({"a": [[2.0], [3.0], [4.0]]})
    assert only(published(published=value, tolerance=4.3), scores).verdict == verdict
    assert only(published(published=5.4), scores).verdict == "match"
    assert only(published(published=5.5), scores).verdict == "differs"


def test_with_one_prompt_the_error_is_over_seeds(make_scores):
    row = only(published(), make_scores({"a": [[1.0, 2.0, 3.0]]}))
    assert (row.ours, row.ours_se) == (2.0, pytest.approx(1 / np.sqrt(3)))


def test_a_budget_is_read_where_it_is_named_and_the_largest_where_not(make_scores):
    scores = make_scores({"a": [[[1.0, 2.0]], [[1.0, 2.0]]]}, budgets=(5.0, 10.0))
    assert only(published(), scores).ours == 2.0
    assert only(published(budget=5.0, budget_unit="seconds"), scores).ours == 1.0
    assert only(published(budget=7.0, budget_unit="seconds"), scores).verdict == "missing"
    assert only(published(budget=5.0, budget_unit="denoiser_evals"), scores).verdict == "missing"


@pytest.mark.parametrize("key", ["model", "reward", "method"])
def test_what_the_run_does_not_hold_is_missing(make_scores, key):
    assert only(published(**{key: "other"}), make_scores({"a": [[2.0], [2.0]]})).verdict == "missing"


def test_a_hole_is_never_averaged_away(make_scores):
    assert only(published(), make_scores({"a": [[2.0], [np.nan]]})).verdict == "missing"
    with_base = {"a": [[2.0], [np.nan]], "base": [[2.0], [2.0]]}
    for gap in ("failed", "none"):
        assert only(published(), make_scores(with_base, gap=gap)).verdict == "missing"


def test_a_row_without_a_counterpart_has_no_verdict(make_scores):
    row = only(published(method=""), make_scores({"a": [[2.0]]}))
    assert (row.verdict, np.isnan(row.ours)) == ("", True)


def test_none_for_none(make_scores):
    assert compare_tables(published().iloc[:0], make_scores({"a": [[2.0]]}), {}).empty


def test_each_task_of_a_reward_is_compared_by_itself(make_scores):
    short = make_scores({"a": [[2.0]]}, budgets=(5.0,), task_budget="5s")
    counted = make_scores({"a": [[7.0]]}, budgets=(500.0,), task_budget="500nfe", budget_unit="denoiser_evals")
    found = compare_tables(published(), pd.concat([short, counted]), {}).set_index("task_budget")
    assert found["ours"].to_dict() == {"5s": 2.0, "500nfe": 7.0}
    assert found["budget"].to_dict() == {"5s": 5.0, "500nfe": 500.0}
    assert found["verdict"].to_dict() == {"5s": "match", "500nfe": "differs"}


@pytest.mark.parametrize(("steps", "verdict"), [({"m": 100}, "match"), ({"m": 50}, "missing"), ({}, "missing")])
def test_sampling_steps_are_part_of_a_setting_that_names_them(make_scores, steps, verdict):
    assert only(published(steps=100), make_scores({"a": [[2.0]]}), steps).verdict == verdict
