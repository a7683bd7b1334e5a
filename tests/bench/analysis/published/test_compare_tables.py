import numpy as np
import pandas as pd
import pytest
from bench.analysis.published.rows import compare_tables


def published(**changes):
    row = {
        "model": "m", "reward": "darkness", "method": "a", "budget_unit": "", "budget": np.nan,
        "published": 2.0, "published_se": np.nan, "tolerance": 0.0, **changes,
    }  # fmt: skip
    return pd.DataFrame([row])


def only(rows, scores):
    (row,) = compare_tables(rows, scores).itertuples()
    return row


def test_ours_is_the_mean_over_prompts_with_the_error_over_them(make_scores):
    values = np.array([[1.0, 3.0], [2.0, 4.0], [6.0, 6.0]])
    row = only(published(), make_scores({"a": values}))
    assert row.ours == pytest.approx(11 / 3)
    assert row.ours_se == pytest.approx(np.std([2, 3, 6], ddof=1) / np.sqrt(3))
    assert row.difference == pytest.approx(11 / 3 - 2)
    assert (row.budget, row.budget_unit) == (10.0, "seconds")


@pytest.mark.parametrize(("value", "verdict"), [(3.0, "match"), (5.5, "match"), (5.7, "differs")])
def test_the_verdict_is_that_of_d7(make_scores, value, verdict):
    # Prompt means 2 and 4: SE 1, so 1.96 is allowed around 3; a larger tolerance is allowed instead.
    scores = make_scores({"a": [[2.0], [4.0]]})
    assert only(published(published=value, tolerance=2.6), scores).verdict == verdict
    assert only(published(published=4.9), scores).verdict == "match"
    assert only(published(published=5.0), scores).verdict == "differs"


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


def test_a_row_without_a_counterpart_has_no_verdict(make_scores):
    row = only(published(method=""), make_scores({"a": [[2.0]]}))
    assert (row.verdict, np.isnan(row.ours)) == ("", True)


def test_none_for_none(make_scores):
    assert compare_tables(published().iloc[:0], make_scores({"a": [[2.0]]})).empty
