import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.paired import pairwise, versus_best, versus_reference
from bench.analysis.scores import summarise
from bench.analysis.significance import holm

ESTIMATE = ["difference", "low", "high"]


def compared(scores, method, reference, **more):
    found = pairwise(scores, **more)
    (row,) = found[(found["method"] == method) & (found["reference"] == reference)].to_dict("records")
    return row


def test_a_pair_by_hand(make_scores):
    values = {"base": [[0.0, 1.0], [10.0, 10.0]], "dno": [[1.0, 1.0], [13.0, 11.0]], "same": [[0.0, 1.0], [10.0, 10.0]]}
    # Prompt 0: 1/2, prompt 1: 2; dno wins in one and a half of two, then in two of two.
    row = compared(make_scores(values), "dno", "base")
    theirs = stats.ttest_1samp([0.5, 2.0], 0)
    assert [row[name] for name in ESTIMATE] == pytest.approx([1.25, *theirs.confidence_interval(0.95)])
    assert row["p"] == pytest.approx(theirs.pvalue)
    assert (row["superiority"], row["n_prompts"], row["n_seeds"], row["verdict"]) == (0.875, 2, 2, "open")
    same = compared(make_scores(values), "same", "base")
    assert [same[name] for name in (*ESTIMATE, "p", "superiority")] == [0.0, 0.0, 0.0, 1.0, 0.5]


def test_pairing_removes_what_prompts_have_in_common(make_scores):
    rng = np.random.default_rng(0)
    prompts = rng.normal(0, 10, (30, 1))
    base = prompts + rng.normal(0, 0.1, (30, 2))
    scores = make_scores({"base": base, "dno": base + 0.5 + rng.normal(0, 0.1, (30, 2))})
    paired = compared(scores, "dno", "base")
    alone = summarise(scores).iloc[0]
    assert (paired["low"] > 0.4, paired["verdict"]) == (True, "better")
    assert alone["high"] - alone["low"] > 20 * (paired["high"] - paired["low"])


def test_a_failed_cell_differs_from_base_by_nothing(make_scores):
    row = compared(make_scores({"base": [[1.0], [2.0]], "dno": [[np.nan], [4.0]]}), "dno", "base")
    assert row["difference"] == 1.0


def test_a_method_that_scored_nothing_is_not_compared_with_the_value_of_base(make_scores):
    row = compared(make_scores({"base": [[1.0], [2.0]], "dno": [[np.nan], [np.nan]]}), "dno", "base")
    assert (np.isnan(row["difference"]), row["verdict"]) == (True, "unknown")


def test_any_quantity_can_be_compared_and_less_may_be_better(make_scores):
    scores = make_scores({"base": [[1.0], [2.0], [3.0]], "dno": [[4.0], [5.01], [6.0]]})
    row = compared(scores, "dno", "base", quantity="held-out/brightness", direction=-1)
    assert (row["difference"], row["superiority"], row["verdict"]) == (pytest.approx(-3.003333), 1.0, "better")


def test_superiority_is_of_the_better_one(make_scores):
    scores = make_scores({"a": [[1.0], [2.0], [3.0]], "b": [[2.0], [3.0], [2.5]]})
    assert compared(scores, "b", "a")["superiority"] == pytest.approx(2 / 3)
    assert compared(scores, "b", "a", quantity="support-distance", direction=-1)["superiority"] == pytest.approx(1 / 3)


def test_a_hole_leaves_a_comparison_open(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]], "b": [[np.nan], [9.0]], "c": [[2.0], [4.0]]})
    row = compared(scores, "b", "a")
    assert np.isnan([row[name] for name in (*ESTIMATE, "p", "p_holm", "superiority")]).all()
    assert compared(scores, "c", "a")["difference"] == 1.5


def test_methods_are_compared_on_the_cells_of_both(make_scores):
    """A run that was extended by prompts and seeds for one method only."""
    scores = make_scores({"a": [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], "b": [[2.0, 9.0], [3.5, 9.0], [9.0, 9.0]]})
    scores = scores[(scores["method"] == "b") | ((scores["prompt"] != "p2") & (scores["seed"] == 0))]
    row = compared(scores, "b", "a")
    assert (row["difference"], row["n_prompts"], row["n_seeds"]) == (1.25, 2, 1)
    # Means over other prompts are no ranking: only who has all cells is ranked.
    assert versus_best(scores)["method"].tolist() == ["b"]


def test_methods_without_a_cell_in_common_have_no_row(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]], "b": [[1.0], [2.0]]})
    assert pairwise(scores[(scores["method"] == "a") == (scores["prompt"] == "p0")]).empty


def test_one_method_alone_has_nobody_to_compare_with(make_scores):
    found = pairwise(make_scores({"a": [[1.0], [2.0]]}))
    assert found.empty
    assert {"p_holm", "verdict"} <= set(found)


def test_pairs_mirror_each_other_and_holm_is_over_a_budget(make_scores):
    rng = np.random.default_rng(1)
    values = {name: rng.normal(shift, 1, (8, 2, 2)) for name, shift in {"b": 1, "a": 0, "c": 3}.items()}
    found = pairwise(make_scores(values, budgets=(1.0, 2.0)))
    assert len(found) == 2 * 6
    for _, rows in found.groupby("budget"):
        rows = rows.set_index(["method", "reference"])
        for one, other in rows.index:
            there, back = rows.loc[(one, other)], rows.loc[(other, one)]
            assert there[["difference", "low"]].tolist() == pytest.approx((-back[["difference", "high"]]).tolist())
            assert there["superiority"] == pytest.approx(1 - back["superiority"])
            assert there[["p", "p_holm"]].tolist() == back[["p", "p_holm"]].tolist()
            assert {"better": "worse", "worse": "better"}.get(there["verdict"], there["verdict"]) == back["verdict"]
        three = rows.loc[[("a", "b"), ("a", "c"), ("b", "c")]]
        assert three["p_holm"].tolist() == holm(three["p"].to_numpy()).tolist()
    assert {"better", "worse"} <= set(found["verdict"])


def test_all_are_compared_with_the_best(make_scores):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (20, 2))
    values = {"a": noise, "b": noise + 1 + rng.normal(0, 0.1, (20, 2)), "c": noise + 1.001}
    found = versus_best(make_scores(values)).set_index("method")
    assert found["best"].nunique() == 1
    best = found["best"].iloc[0]
    assert found.loc[best, ["lead", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert found["resolved"].to_dict() == {"a": True, "b": False, "c": False}
    assert (found["lead"] >= 0).all()


def test_least_is_best_where_lower_is_better(make_scores):
    found = versus_best(make_scores({"a": [[1.0], [2.0]], "b": [[3.0], [5.0]]}), "support-distance", -1)
    assert found["best"].tolist() == ["a", "a"]
    row = found.set_index("method").loc["b"]
    assert (row["lead"], row["low"] < row["lead"] < row["high"]) == (5.0, True)


def test_a_method_without_a_mean_is_left_out(make_scores):
    scores = make_scores({"a": [[1.0], [2.0]], "b": [[np.nan], [9.0]]})
    assert versus_best(scores)["method"].tolist() == ["a"]
    assert versus_best(scores[scores["method"] == "b"]).empty


@pytest.mark.parametrize("lead", [1.0, 100.0])
def test_one_prompt_distinguishes_nobody(make_scores, lead):
    assert not versus_best(make_scores({"a": [[0.0, 0.1]], "b": [[lead, lead]]}))["resolved"].any()


def many_tasks(n_tasks, effect, make_scores):
    """Three names beside "a": all of one distribution, but for `effect` on "b"; prompts and seeds vary."""
    rng = np.random.default_rng(7)
    frames = []
    for task in range(n_tasks):
        common = rng.normal(0, 1, (10, 1))
        values = {name: common + rng.normal(0, 0.5, (10, 2)) + (name == "b") * effect for name in "abcd"}
        frames.append(make_scores(values, reward=f"r{task}"))
    return pd.concat(frames)


def test_one_method_under_many_names_is_seldom_told_apart(make_scores):
    resolved = pairwise(many_tasks(200, 0.0, make_scores))["verdict"].eq("better")
    tasks = resolved.groupby(np.arange(len(resolved)) // 12).any()
    # Each task is a family. Were the chance 5 %, more than this many of 200 would have the chance 1 %.
    assert tasks.sum() <= stats.binom.ppf(0.99, 200, 0.05)


def test_a_better_method_is_told_apart(make_scores):
    found = pairwise(many_tasks(20, 1.5, make_scores))
    assert found.loc[(found["method"] == "b") & (found["reference"] == "a"), "verdict"].eq("better").mean() > 0.9


def test_against_one_method_fewer_questions_are_asked_than_of_all_pairs(make_scores):
    rng = np.random.default_rng(0)
    values = {name: rng.normal(0, 1, (6, 1)) + shift for name, shift in (("a", 0), ("b", 0), ("c", 2.2), ("d", 0))}
    own = versus_reference(make_scores(values), "a").set_index("method")
    pairs = pairwise(make_scores(values))
    pairs = pairs[pairs["reference"] == "a"].set_index("method")
    assert own["p"].tolist() == pairs["p"].tolist()
    assert own["p_holm"].to_numpy() == pytest.approx(holm(own["p"].to_numpy()))
    assert (own["p_holm"] < pairs["p_holm"]).any()
    assert list(own.index) == ["b", "c", "d"]


def test_who_is_beaten_by_another_is_beaten_though_the_best_is_not_told_from_it(make_scores):
    """The best is far ahead and wild; the second is a little ahead of the third, on every prompt."""
    third = np.arange(12)[:, None] * 0.1
    wild = np.array([9.0, -8.0] * 6)[:, None]
    noise = 0.001 * np.cos(np.arange(12))[:, None]
    found = versus_best(make_scores({"c": third, "b": third + 0.1 + noise, "a": third + wild + 0.5}))
    rows = found.set_index("method")
    assert list(rows["best"].unique()) == ["a"]
    assert not rows["resolved"].any()
    assert rows["beaten"].to_dict() == {"a": False, "b": False, "c": True}
