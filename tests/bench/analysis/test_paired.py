import numpy as np
import pytest

from bench.analysis.paired import paired_difference, versus_best
from bench.analysis.scores import fill_cells, summarise


def test_difference_by_hand(make_scores):
    scores = make_scores({"base": [[0.0, 1.0], [10.0, 10.0]], "dno": [[1.0, 2.0], [13.0, 13.0]]})
    found = paired_difference(scores, "dno", "base").iloc[0]
    assert found[["difference", "low", "high"]].tolist() == [2.0, 1.0, 3.0]
    turned = paired_difference(scores, "base", "dno").iloc[0]
    assert turned[["difference", "low", "high"]].tolist() == [-2.0, -3.0, -1.0]


def test_a_method_does_not_differ_from_itself(make_scores):
    found = paired_difference(make_scores({"dno": [[1.0], [5.0]]}), "dno", "dno").iloc[0]
    assert found[["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]


def test_pairing_removes_what_prompts_have_in_common(make_scores):
    rng = np.random.default_rng(0)
    prompts = rng.normal(0, 10, (30, 1))
    base = prompts + rng.normal(0, 0.1, (30, 2))
    scores = make_scores({"base": base, "dno": base + 0.5 + rng.normal(0, 0.1, (30, 2))})
    paired = paired_difference(scores, "dno", "base").iloc[0]
    alone = summarise(scores).iloc[0]
    assert paired["low"] > 0.4
    assert alone["high"] - alone["low"] > 20 * (paired["high"] - paired["low"])


def test_a_failed_cell_differs_from_base_by_nothing(make_scores):
    scores = make_scores({"base": [[1.0], [2.0]], "dno": [[np.nan], [4.0]]})
    found = paired_difference(scores, "dno", "base").iloc[0]
    assert found[["difference", "low", "high"]].tolist() == [1.0, 0.0, 2.0]


def test_a_method_that_was_not_planned_is_not_compared(make_scores):
    found = paired_difference(make_scores({"dno": [[1.0]]}), "dno", "base")
    assert found.empty
    assert "difference" in found


def test_any_quantity_can_be_compared(make_scores):
    scores = make_scores({"base": [[1.0], [2.0]], "dno": [[4.0], [5.0]]})
    assert paired_difference(scores, "dno", "base", "held-out/brightness")["difference"].tolist() == [-3.0]


def test_all_are_compared_with_the_best(make_scores):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (20, 2))
    values = {"a": noise, "b": noise + 1 + rng.normal(0, 0.1, (20, 2)), "c": noise + 1.001}
    found = versus_best(fill_cells(make_scores(values))).set_index("method")
    assert found["best"].nunique() == 1
    best = found["best"].iloc[0]
    assert found.loc[best, ["lead", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert found["tied"].to_dict() == {"a": False, "b": True, "c": True}
    assert (found["lead"] >= 0).all()


def test_least_is_best_where_lower_is_better(make_scores):
    found = versus_best(fill_cells(make_scores({"a": [[1.0], [2.0]], "b": [[3.0], [5.0]]})), "support-distance")
    assert found["best"].tolist() == ["a", "a"]
    assert found.set_index("method").loc["b", ["lead", "low", "high"]].tolist() == [5.0, 4.0, 6.0]


def test_a_method_without_a_mean_is_left_out(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]], "b": [[np.nan], [9.0]]})
    assert versus_best(fill_cells(scores))["method"].tolist() == ["a"]
    assert versus_best(fill_cells(scores[scores["method"] == "b"])).empty


@pytest.mark.parametrize("lead", [1.0, 100.0])
def test_one_prompt_distinguishes_nobody(make_scores, lead):
    found = versus_best(fill_cells(make_scores({"a": [[0.0, 0.1]], "b": [[lead, lead]]})))
    assert found["tied"].all()
