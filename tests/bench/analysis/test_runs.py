import numpy as np
import pytest

from bench.analysis.runs import between_runs


def test_shared_methods_on_shared_cells_second_minus_first(make_scores):
    first = make_scores({"base": [[0.0], [0.0]], "dno": [[1.0], [3.0]], "doodl": [[1.0], [1.0]]})
    second = make_scores({"base": [[0.0], [0.0]], "dno": [[2.0], [6.0]]})
    found = between_runs(first, second).set_index("method")
    assert sorted(found.index) == ["base", "dno"]
    assert found.loc["dno", "difference"] == pytest.approx(2.0)
    assert found.loc["base", "difference"] == 0
    # Differences 1 and 3: t = 2 with one degree of freedom; doubled by Holm for two rows.
    assert found.loc["dno", ["p", "p_holm"]].tolist() == pytest.approx([0.295, 0.590], abs=1e-3)
    assert found["verdict"].eq("open").all()


def test_prompts_of_one_run_only_are_left_out(make_scores):
    first = make_scores({"dno": [[1.0], [3.0]]})
    found = between_runs(first, make_scores({"dno": [[2.0]]}))
    assert found["n_prompts"].tolist() == [1]
    assert found["difference"].tolist() == [1.0]


def test_a_failed_cell_counts_as_the_base_of_its_own_run(make_scores):
    first = make_scores({"base": [[1.0], [1.0]], "dno": [[5.0], [5.0]]})
    second = make_scores({"base": [[2.0], [2.0]], "dno": [[np.nan], [5.0]]})
    assert between_runs(first, second).set_index("method").loc["dno", "difference"] == (2.0 - 5.0) / 2


def test_nothing_shared_is_an_empty_frame(make_scores):
    assert between_runs(make_scores({"dno": [[1.0]]}), make_scores({"doodl": [[1.0]]})).empty
