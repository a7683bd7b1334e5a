import numpy as np
import pandas as pd
import pytest

from bench.analysis.intervals import interval
from bench.analysis.outcomes import outcomes


def only(found, method, quantity):
    (row,) = found[(found["method"] == method) & (found["quantity"] == quantity)].itertuples()
    return row


def test_means_of_seeds_then_prompts_with_the_interval_over_prompts(make_scores):
    values = np.random.default_rng(0).normal(size=(7, 3))
    found = outcomes(make_scores({"a": values}), ["support-distance", "held-out/brightness"])
    expected = interval(2 * values.mean(axis=1, keepdims=True))
    row = only(found, "a", "support-distance")
    assert (row.mean, row.low, row.high) == pytest.approx([part.item() for part in expected])
    assert only(found, "a", "held-out/brightness").mean == pytest.approx(-values.mean())


def test_the_largest_budget_of_each_task_counts(make_scores):
    late = make_scores({"a": [[[1.0, 2.0]], [[3.0, 4.0]]]}, budgets=(5.0, 10.0))
    other = make_scores({"a": [[1.0], [2.0]]}, budgets=(3.0,), reward="brightness")
    found = outcomes(pd.concat([late, other]), ["support-distance"])
    assert found[["reward", "budget", "mean"]].values.tolist() == [["brightness", 3.0, 3.0], ["darkness", 10.0, 6.0]]


def test_an_unscored_cell_counts_as_base_and_an_unknown_one_leaves_it_open(make_scores):
    scores = make_scores({"base": [[1.0], [2.0]], "a": [[3.0], [np.nan]]})
    assert only(outcomes(scores, ["support-distance"]), "a", "support-distance").mean == 5.0
    missing = make_scores({"base": [[1.0, 1.0], [2.0, 2.0]], "a": [[3.0, 3.0], [4.0, np.nan]]}, gap="missing")
    row = only(outcomes(missing, ["support-distance"]), "a", "support-distance")
    assert np.isnan([row.mean, row.low, row.high]).all()


def test_one_prompt_has_no_interval(make_scores):
    row = only(outcomes(make_scores({"a": [[1.0, 2.0]]}), ["support-distance"]), "a", "support-distance")
    assert row.mean == 3.0
    assert np.isnan([row.low, row.high]).all()
