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


@pytest.mark.parametrize("gap", ["failed", "none"])
def test_a_cell_without_a_result_counts_neither_with_its_counters_nor_with_its_memory(make_scores, gap):
    scores = make_scores({"a": [[1.0], [np.nan]]}, gap=gap).fillna({"seconds": 20.0})
    found = by_quantity(costs(scores), "a")["mean"]
    assert found[["seconds", "peak_memory_mb"]].tolist() == [10.0, 100.0]


def test_no_row_where_nothing_ran(make_scores):
    assert costs(make_scores({"a": [[np.nan]]})).empty
