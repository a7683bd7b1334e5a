import numpy as np
import pytest
from scipy import stats

from bench.output.tables.pairwise import pairwise_tables
from bench.output.tables.text import table_texts


def named(table):
    return {row.keys: dict(zip([c.name for c in table.columns], row.cells, strict=True)) for row in table.rows}


def test_each_pair_stands_once_the_one_ahead_first(scores):
    (table,) = pairwise_tables(scores)
    assert [row.keys for row in table.rows] == [("best-of-n", "base"), ("dno", "base"), ("dno", "best-of-n")]
    assert table.title == "darkness on emoji: methods in pairs at 15 s"


def test_the_numbers_of_a_pair(make_scores):
    (table,) = pairwise_tables(make_scores({"a": [[[1.0]], [[3.0]], [[2.0]]], "b": [[[0.0]], [[1.0]], [[3.0]]]}))
    found = named(table)["a", "b"]
    difference = found["difference"]
    assert (difference.value, difference.n, difference.low < 0 < difference.high) == (pytest.approx(2 / 3), 3, True)
    assert difference.cells == ("r/a-0-0", "r/a-1-0", "r/a-2-0", "r/b-0-0", "r/b-1-0", "r/b-2-0")
    assert found["P(better)"].value == pytest.approx(2 / 3)
    assert found["p"].value == pytest.approx(stats.ttest_1samp([1, 2, -1], 0).pvalue)
    assert not difference.best
    assert (found["prompts"].value, found["seeds"].value, found["unscored"].value) == (3, 1, 0)


def test_a_small_p_is_written_as_less_than_the_least(make_scores):
    values = np.linspace(0, 1, 40).reshape(20, 1, 2)
    (table,) = pairwise_tables(make_scores({"a": values, "b": values + 1}))
    (texts,) = table_texts(table)
    assert [texts[i].value for i in (2, 3)] == ["<0.001", "<0.001"]
    assert table.rows[0].cells[0].best


def test_unknown_and_equal_pairs_are_kept(make_scores):
    gap = [[np.nan]]
    (table,) = pairwise_tables(make_scores({"a": [[[1.0]]], "b": [[[1.0]]], "c": [gap]}))
    found = named(table)
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert found["a", "b"]["difference"].value == 0
    assert found["a", "c"]["unscored"].value == 1
    assert np.isnan(found["a", "c"]["difference"].value)


def test_one_method_has_nobody_to_be_compared_with(make_scores):
    assert pairwise_tables(make_scores({"a": [[[1.0]]]})) == []
