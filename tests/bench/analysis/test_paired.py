import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.paired import comparisons, paired_difference, pairwise, versus_best
from bench.analysis.scores import fill_cells, summarise
from bench.analysis.significance import holm


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


def test_comparisons_by_hand(make_scores):
    values = {"base": [[0.0, 1.0], [10.0, 10.0]], "dno": [[1.0, 1.0], [13.0, 11.0]], "same": [[0.0, 1.0], [10.0, 10.0]]}
    found = comparisons(make_scores(values), "base").set_index("method")
    # Prompt 0: 1/2, prompt 1: 2; dno wins in one and a half of two, then in two of two.
    columns = ["difference", "low", "high", "p", "superiority", "n_prompts", "n_seeds"]
    assert found.loc["dno", columns].tolist() == [1.25, 0.5, 2.0, 0.5, 0.875, 2, 2]
    assert found.loc["same", columns].tolist() == [0.0, 0.0, 0.0, 1.0, 0.5, 2, 2]
    assert "base" not in found.index


def test_comparisons_agree_with_the_paired_difference(make_scores):
    rng = np.random.default_rng(0)
    scores = make_scores({name: rng.normal(size=(6, 2, 3)) for name in ("a", "b", "c")}, budgets=(1.0, 2.0, 5.0))
    columns = ["budget", "difference", "low", "high"]
    found = comparisons(scores, "a")
    for method in ("b", "c"):
        mine = found.loc[found["method"] == method, columns]
        assert mine.to_numpy() == pytest.approx(paired_difference(scores, method, "a")[columns].to_numpy())


def test_holm_is_over_all_rows(make_scores):
    rng = np.random.default_rng(0)
    values = {name: rng.normal(shift, 1, (9, 2, 2)) for name, shift in {"a": 0, "b": 1, "c": 2}.items()}
    found = comparisons(make_scores(values, budgets=(1.0, 2.0)), "a")
    assert len(found) == 4
    assert found["p_holm"].tolist() == holm(found["p"].to_numpy()).tolist()


def test_superiority_is_of_the_better_one(make_scores):
    scores = make_scores({"a": [[1.0], [2.0], [3.0]], "b": [[2.0], [3.0], [2.5]]})
    assert comparisons(scores, "a")["superiority"].tolist() == pytest.approx([2 / 3])
    assert comparisons(scores, "a", "support-distance")["superiority"].tolist() == pytest.approx([1 / 3])


def test_a_hole_leaves_a_comparison_open(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]], "b": [[np.nan], [9.0]], "c": [[2.0], [4.0]]})
    found = comparisons(scores, "a").set_index("method")
    assert found.loc["b", ["difference", "low", "high", "p", "p_holm", "superiority"]].isna().all()
    assert found.loc["c", "difference"] == 1.5


def test_one_method_alone_has_nobody_to_compare_with(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]]})
    for found in (comparisons(scores, "a"), comparisons(scores, "nobody"), pairwise(scores)):
        assert found.empty
        assert "p_holm" in found


def test_pairs_mirror_each_other(make_scores):
    rng = np.random.default_rng(1)
    values = {name: rng.normal(shift, 1, (8, 2, 2)) for name, shift in {"b": 1, "a": 0, "c": 2}.items()}
    found = pairwise(make_scores(values, budgets=(1.0, 2.0))).set_index(["method", "reference"])
    assert len(found) == 6
    assert (found["budget"] == 2.0).all()
    for one, other in found.index:
        there, back = found.loc[(one, other)], found.loc[(other, one)]
        assert there[["difference", "low"]].tolist() == pytest.approx((-back[["difference", "high"]]).tolist())
        assert there["superiority"] == pytest.approx(1 - back["superiority"])
        assert there[["p", "p_holm"]].tolist() == back[["p", "p_holm"]].tolist()
    three = found.loc[[("a", "b"), ("a", "c"), ("b", "c")]]
    assert three["p_holm"].tolist() == holm(three["p"].to_numpy()).tolist()


def many_tasks(n_tasks, effect, make_scores):
    """Three names beside "a": all of one distribution, but for `effect` on "b"; prompts and seeds vary."""
    rng = np.random.default_rng(7)
    frames = []
    for task in range(n_tasks):
        common = rng.normal(0, 1, (10, 1))
        values = {name: common + rng.normal(0, 0.5, (10, 2)) + (name == "b") * effect for name in "abcd"}
        frames.append(make_scores(values, reward=f"r{task}"))
    return pd.concat(frames)


def significant_tasks(scores):
    tasks = comparisons(scores, "a").groupby("reward")["p"]
    return np.array([(holm(p.to_numpy()) <= 0.05).any() for _, p in tasks])


def test_one_method_under_many_names_is_seldom_significant(make_scores):
    # Each task is a table of its own. Were the chance 5 %, more than this many of 200 would have the chance 1 %.
    assert significant_tasks(many_tasks(200, 0.0, make_scores)).sum() <= stats.binom.ppf(0.99, 200, 0.05)


def test_a_better_method_is_significant(make_scores):
    assert significant_tasks(many_tasks(20, 1.5, make_scores)).mean() > 0.9
