import numpy as np
import pytest

from bench.analysis.costs import costs
from bench.analysis.intervals import interval


def by_quantity(found, method):
    return found[found["method"] == method].set_index("quantity")


def test_means_over_prompts_with_intervals_and_the_largest_memory(make_scores):
    scores = make_scores({"a": np.zeros((5, 2))})
    scores["seconds"] = np.arange(10.0)
    found = by_quantity(costs(scores), "a")
    expected = interval(np.arange(10.0).reshape(5, 2).mean(axis=1, keepdims=True))
    row = found.loc["seconds"]
    assert [row["mean"], row["low"], row["high"]] == pytest.approx([part.item() for part in expected])
    assert found.loc["peak_memory_mb", "mean"] == 104.0
    assert np.isnan(found.loc["peak_memory_mb", "low"])
    assert set(found["n"]) == {10}


def test_a_failed_cell_is_left_out_and_one_without_a_score_is_not(make_scores):
    failed = make_scores({"a": [[1.0], [np.nan]]})
    assert by_quantity(costs(failed), "a").loc["seconds", ["mean", "n"]].tolist() == [10.0, 1]
    none = make_scores({"a": [[1.0], [np.nan]]}, gap="none").fillna({"seconds": 20.0})
    assert by_quantity(costs(none), "a").loc["seconds", ["mean", "n"]].tolist() == [15.0, 2]


def test_no_row_where_nothing_ran(make_scores):
    assert costs(make_scores({"a": [[np.nan]]})).empty
