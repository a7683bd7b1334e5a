import numpy as np
import pytest

from bench.output.tables.cost import cost_tables


def test_means_of_the_cells_that_ran_beside_the_counts(make_scores):
    scores = make_scores({"base": [[[0.0, 0.0]], [[0.0, 0.0]]], "dno": [[[1.0, 1.0]], [[np.nan, np.nan]]]})
    scores.loc[(scores["method"] == "base") & (scores["prompt"] == "p1"), "seconds"] = 5.9
    (table,) = cost_tables(scores, {})
    assert table.title == "darkness on emoji: cost at 15 s"
    base, dno = (dict(zip([c.name for c in table.columns], row.cells, strict=True)) for row in table.rows)
    seconds = base["method seconds"]
    # 4.9 and 5.9: a standard error of 0.5, 12.7 times.
    reach = pytest.approx(6.353, abs=1e-3)
    assert (seconds.value, seconds.value - seconds.low, seconds.high - seconds.value) == (
        pytest.approx(5.4),
        reach,
        reach,
    )
    assert (dno["method seconds"].value, np.isnan(dno["method seconds"].low)) == (4.9, True)
    assert [dno[name].value for name in ("peak memory (MB)", "n", "unscored", "failed")] == [812.3, 2, 1, 1]
    assert not any(column.direction for column in table.columns)


def test_nothing_is_known_where_no_cell_ran(make_scores):
    (table,) = cost_tables(make_scores({"a": [[[np.nan]]]}), {})
    assert [cell.value for cell in table.rows[0].cells[-3:]] == [1, 1, 1]
    assert all(np.isnan(cell.value) for cell in table.rows[0].cells[:-3])


def test_seconds_of_compilation_have_a_column_where_something_was_compiled(make_scores):
    scores = make_scores({"base": [[[0.0]]], "dno": [[[1.0]]]})
    title = "seconds to compile what it ran"
    (table,) = cost_tables(scores, {})
    assert title not in [column.name for column in table.columns]
    scores["compile_seconds"] = [185.0, 20.0]
    (table,) = cost_tables(scores, {})
    place = [column.name for column in table.columns].index(title)
    assert [row.cells[place].value for row in table.rows] == [185.0, 20.0]
