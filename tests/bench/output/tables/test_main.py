import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.output.tables.main import main_tables
from bench.output.tables.text import table_texts
from bench.store.columns import COLUMNS
from tests.bench.output.tables.evidence import main_of


def column(table, name):
    return [row.cells[[c.name for c in table.columns].index(name)] for row in table.rows]


def methods(table):
    return [row.keys for row in table.rows]


def test_three_tables_a_reward(scores, make_scores):
    other = make_scores({"dno": [[[0.0, 0.0]]]}, reward="brightness")
    titles = [table.title for table in main_of(pd.concat([scores, other]))]
    assert titles == [
        "brightness on emoji: reward by budget (prompts: 1, cells a method: 1)",
        "brightness on emoji: images at 15 s",
        "brightness on emoji: cost at 15 s",
        "darkness on emoji: reward by budget (prompts: 2, cells a method: 2)",
        "darkness on emoji: images at 15 s",
        "darkness on emoji: cost at 15 s",
    ]


def test_rewards_stand_by_budget_with_interval_and_failures(scores):
    rewards, *_ = main_of(scores)
    assert [c.name for c in rewards.columns] == ["5 s", "15 s"]
    assert methods(rewards) == [("base",), ("best-of-n",), ("dno",)]
    dno = rewards.rows[2].cells
    # Where dno has nothing it counts as base, which has 0.1 there too.
    assert (dno[0].value, dno[0].n, dno[0].unscored, dno[0].failed) == (pytest.approx(0.1), 2, 1, 0)
    assert dno[0].cells == ("r/dno-0-0", "r/dno-1-0")
    assert (dno[1].value, dno[1].low, dno[1].unscored) == (pytest.approx(0.7), pytest.approx(0.0647, abs=1e-4), 0)


def test_bold_is_the_best_and_what_is_not_distinguished(scores, make_scores):
    rewards, *_ = main_of(scores)
    assert [cell.best for cell in column(rewards, "5 s")] == [False, True, True]
    assert [cell.best for cell in column(rewards, "15 s")] == [False, False, True]
    tied, *_ = main_of(make_scores({"a": [[[0.0]], [[0.0]]], "b": [[[1.0]], [[-0.5]]]}))
    assert [cell.best for cell in column(tied, "5 s")] == [True, True]


def test_images_at_the_largest_budget(scores):
    _, images, _ = main_of(scores)
    assert [c.name for c in images.columns] == ["support-distance", "noise-probability", "held-out/brightness"]
    assert [c.direction for c in images.columns] == [-1, 1, 0]
    assert [cell.best for cell in column(images, "support-distance")] == [True, False, False]
    assert not any(cell.best for cell in column(images, "held-out/brightness"))
    dno = column(images, "support-distance")[2]
    assert (dno.value, dno.low, dno.n) == (pytest.approx(0.8), pytest.approx(0.1647, abs=1e-4), 2)


def test_failures_are_counted_beside_the_cost(make_scores):
    gap = [[np.nan, np.nan]]
    *_, cost = main_of(make_scores({"base": [[[0, 0]], [[0, 0]]], "dno": [gap, [[1, 1]]]}))
    assert [cell.value for cell in column(cost, "n")] == [2, 2]
    assert [cell.value for cell in column(cost, "failed")] == [0, 1]


def test_a_metric_that_is_missing_is_a_dash_and_never_a_zero(scores):
    _, images, _ = main_of(scores.assign(**{"noise-probability": np.nan}))
    assert all(np.isnan(cell.value) for cell in column(images, "noise-probability"))
    index = [c.name for c in images.columns].index("noise-probability")
    assert {texts[index].value for texts in table_texts(images)} == {"—"}


def test_without_metrics_there_is_no_table_of_images(scores):
    bare = scores[[name for name in scores if name in COLUMNS]]
    assert ["images" in table.title for table in main_of(bare)] == [False, False]


def test_the_reward_itself_is_not_held_out(scores):
    _, images, _ = main_of(scores.assign(**{"held-out/darkness": np.nan}))
    assert "held-out/darkness" not in [c.name for c in images.columns]


def test_verdicts_stand_below_their_table_and_the_reading_below_all(scores):
    rewards, images, cost = main_of(scores)
    assert rewards.notes == [
        "At 5 s best-of-n leads dno by 0.15 [-0.49, 0.79]: not resolved, about 5 prompts would be needed to tell, "
        "here 2.",
        "At 15 s dno leads best-of-n by 0.350 [0.350, 0.350]: resolved.",
    ]
    assert images.notes == []
    assert [note.split()[0] for note in cost.notes] == ["Rewards", "Unscored:", "Cost:"]


def test_no_warnings_where_none_are_due(make_scores):
    values = np.linspace(0, 1, 40).reshape(20, 1, 2)
    *_, cost = main_of(make_scores({"a": values, "b": values + 1}))
    assert [note.split()[0] for note in cost.notes] == ["Rewards", "Cost:"]


def test_a_method_that_scored_nothing_at_a_budget_is_a_dash_and_never_bold(make_scores):
    gap = np.nan
    values = {"base": [[[0.0, 0.0]], [[0.1, 0.1]]], "doodl": [[[gap, 0.3]], [[gap, 0.5]]]}
    rewards, *_ = main_of(make_scores(values))
    nothing = rewards.rows[1].cells[0]
    assert (np.isnan(nothing.value), nothing.best, nothing.unscored) == (True, False, 2)
    assert table_texts(rewards)[1][0] == ("—", "", "(2 unscored)")
    assert rewards.rows[0].cells[0].best
    assert rewards.notes[0].startswith("At 15 s doodl leads base by 0.35 [-0.29, 0.99]: not resolved, about 3 prompts")
    assert "At 5 s not ranked, for want of scores: doodl." in rewards.notes
    late = make_scores({**values, "doodl": [[[gap, gap]]] * 2})
    assert all(np.isnan(cell.value) and not cell.best for cell in main_of(late)[1].rows[1].cells)


def test_two_budgets_on_one_reward_have_tables_of_their_own_named_by_them(make_scores):
    seconds = make_scores({"base": [[[0.0, 0.1]]], "dno": [[[0.2, 0.3]]]}, budgets=(15.0, 30.0))
    counted = make_scores({"base": [[[0.4]]]}, budgets=(500.0,), task_budget="500nfe", budget_unit="denoiser_evals")
    tables = main_of(pd.concat([seconds, counted]))
    assert [table.title.partition(" (")[0] for table in tables[::3]] == [
        "darkness on emoji within 30s: reward by budget",
        "darkness on emoji within 500nfe: reward by budget",
    ]
    assert [[c.name for c in table.columns] for table in tables[::3]] == [["15 s", "30 s"], ["500 evaluations"]]
    assert not any("missing" in note or "not ranked" in note for table in tables for note in table.notes)
    assert all(cell.unscored == 0 for table in tables for row in table.rows for cell in row.cells)


def test_families_stand_together_that_of_base_first(scores):
    families = {"dno": "ascent", "base": "plain", "best-of-n": "search"}
    for table in main_of(scores, families):
        assert [(row.keys[0], row.group) for row in table.rows] == [
            ("base", "plain"), ("dno", "ascent"), ("best-of-n", "search"),
        ]  # fmt: skip


def test_a_third_partys_metric_has_the_direction_that_it_declared(scores):
    scores = scores.assign(**{"blur": scores["best_reward"], "saturation": 1.0})
    _, images, _ = main_tables(scores, {"best_reward": 1, "blur": -1}, {})
    assert {c.name: c.direction for c in images.columns}["blur"] == -1
    assert {c.name: c.direction for c in images.columns}["saturation"] == 0
    assert [cell.best for cell in column(images, "blur")] == [True, False, False]


def test_against_a_reference_stands_the_paired_difference_and_its_interval(scores):
    rewards, images, cost = main_of(scores, reference="base")
    base, _, dno = (row.cells[1] for row in rewards.rows)
    assert np.isnan([base.gap, base.low, base.high]).all()
    final = scores[scores["budget"] == 15].set_index(["method", "prompt"])["best_reward"]
    theirs = stats.ttest_1samp(final["dno"] - final["base"], 0)
    assert dno.gap == pytest.approx((final["dno"] - final["base"]).mean())
    assert (dno.low, dno.high) == pytest.approx(theirs.confidence_interval(0.95))
    distance = column(images, "support-distance")
    assert distance[2].gap == pytest.approx(distance[2].value - distance[0].value)
    assert any("more than that of base on the same" in note for note in cost.notes)
