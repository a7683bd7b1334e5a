import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.scores import fill_cells, largest_budget, metric_names, summarise
from bench.errors import InputError

GAP = np.nan


def row_of(summary, method):
    return summary[summary["method"] == method].iloc[0]


def test_mean_over_prompts_of_the_means_over_seeds_by_hand(make_scores):
    scores = make_scores({"dno": [[0.0, 2.0], [4.0, 100.0]]})
    # The last cell was never planned: prompt 1 has one seed, and still weighs as much as prompt 0.
    row = row_of(summarise(scores.iloc[:3]), "dno")
    assert row["mean"] == pytest.approx((1.0 + 4.0) / 2)
    assert (row["low"], row["high"]) == pytest.approx(stats.ttest_1samp([1.0, 4.0], 0).confidence_interval(0.95))
    assert row["last_reward"] == pytest.approx(row["mean"] - 1)
    assert row["support-distance"] == pytest.approx(2 * row["mean"])
    assert (row["n"], row["n_prompts"]) == (3, 2)


def test_metrics_are_all_columns_that_the_store_does_not_know(make_scores):
    assert metric_names(make_scores({"dno": [[0.0]]})) == ["support-distance", "held-out/brightness"]


@pytest.mark.parametrize("gap", ["failed", "none"])
def test_an_unscored_cell_counts_as_base_and_is_counted(make_scores, gap):
    scores = make_scores({"base": [[1.0, 2.0], [3.0, 4.0]], "dno": [[9.0, GAP], [9.0, 9.0]]}, gap=gap)
    row = row_of(summarise(scores), "dno")
    assert row["mean"] == pytest.approx(((9 + 2) / 2 + 9) / 2)
    assert row["support-distance"] == pytest.approx(2 * row["mean"])
    assert row["held-out/brightness"] == pytest.approx(-row["mean"])
    assert (row["n"], row[f"n_{gap}"]) == (4, 1)
    assert row[["n_failed", "n_none", "n_missing"]].sum() == 1


def test_base_stands_in_on_the_same_budget(make_scores):
    values = {"base": [[[1.0, 5.0, 7.0]], [[2.0, 6.0, 8.0]]], "dno": [[[GAP, GAP, 9.0]], [[GAP, 9.0, 9.0]]]}
    summary = summarise(make_scores(values, budgets=(10.0, 20.0, 30.0), gap="none"))
    assert summary.loc[summary["method"] == "dno", "mean"].tolist()[1:] == [(5.0 + 9.0) / 2, 9.0]


@pytest.mark.parametrize("gap", ["failed", "none"])
def test_a_method_that_scored_nothing_has_no_value_and_not_that_of_base(make_scores, gap):
    values = {"base": [[[1.0, 5.0]], [[2.0, 6.0]]], "dno": [[[GAP, 9.0]], [[GAP, GAP]]]}
    summary = summarise(make_scores(values, budgets=(10.0, 20.0), gap=gap)).set_index(["method", "budget"])
    nothing = summary.loc[("dno", 10.0)]
    assert nothing[["mean", "low", "high", "last_reward", "support-distance"]].isna().all()
    assert (nothing["n"], nothing[f"n_{gap}"]) == (2, 2)
    # At the next budget one of two cells has a score, and the other counts as base.
    assert summary.loc[("dno", 20.0), "mean"] == 7.5


def test_without_base_a_failure_leaves_the_mean_open(make_scores):
    row = row_of(summarise(make_scores({"dno": [[9.0, GAP], [9.0, 9.0]]})), "dno")
    assert row[["mean", "low", "high", "support-distance"]].isna().all()
    assert (row["n"], row["n_failed"]) == (4, 1)


def test_a_failure_of_base_leaves_both_means_open(make_scores):
    summary = summarise(make_scores({"base": [[GAP], [1.0]], "dno": [[GAP], [9.0]]}))
    assert summary["mean"].isna().all()


def test_a_cell_that_has_not_run_is_never_taken_from_base(make_scores):
    scores = make_scores({"base": [[1.0, 2.0]], "dno": [[9.0, GAP]]}, gap="missing")
    row = row_of(summarise(scores), "dno")
    assert np.isnan(row["mean"])
    assert (row["n"], row["n_missing"], row["n_failed"]) == (2, 1, 0)


def test_a_metric_that_was_not_measured_is_open_and_the_reward_is_not(make_scores):
    scores = make_scores({"dno": [[1.0, 2.0]]})
    scores.loc[0, "support-distance"] = np.nan
    row = row_of(summarise(scores), "dno")
    assert np.isnan(row["support-distance"])
    assert row["mean"] == 1.5


def test_a_run_where_nothing_was_scored_is_all_open(make_scores):
    scores = make_scores({"dno": [[GAP], [GAP]]})
    scores["best_reward"] = None
    assert summarise(scores)["mean"].isna().all()


def test_costs_are_those_of_the_cells_that_ran(make_scores):
    scores = make_scores({"base": [[1.0], [1.0]], "dno": [[GAP], [2.0]]})
    row = row_of(summarise(scores), "dno")
    assert (row["seconds"], row["denoiser_evals"], row["peak_memory_mb"]) == (10.0, 10.0, 101.0)


def test_rewards_and_models_are_kept_apart(make_scores):
    parts = [make_scores({"dno": [[k]]}, model=f"m{k}", reward=f"r{k}") for k in range(2)]
    summary = summarise(pd.concat(parts))
    assert summary[["model", "reward", "mean"]].to_numpy().tolist() == [["m0", "r0", 0.0], ["m1", "r1", 1.0]]


def test_two_rows_of_a_cell_are_refused(make_scores):
    scores = make_scores({"dno": [[1.0]]})
    with pytest.raises(InputError, match="two cells are of 'dno' on 'p0', seed 0, for darkness on m within 10s"):
        fill_cells(pd.concat([scores, scores]))


def test_order_of_seeds_and_rows_does_not_matter(make_scores):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(5, 4))
    shuffled = make_scores({"dno": rng.permuted(values, axis=1)}).sample(frac=1, random_state=1)
    columns = ["mean", "low", "high"]
    expected = summarise(make_scores({"dno": values}))[columns]
    assert summarise(shuffled)[columns].to_numpy() == pytest.approx(expected.to_numpy())


def test_a_copy_of_a_method_leaves_the_others_alone(make_scores):
    rng = np.random.default_rng(0)
    values = {"base": rng.normal(size=(6, 2)), "dno": rng.normal(size=(6, 2))}
    alone = summarise(make_scores(values)).set_index("method")[["mean", "low", "high"]]
    joined = summarise(make_scores({**values, "copy": values["dno"]})).set_index("method")[alone.columns]
    assert joined.loc[alone.index].to_numpy() == pytest.approx(alone.to_numpy())
    assert joined.loc["copy"].to_numpy() == pytest.approx(alone.loc["dno"].to_numpy())


def test_two_budgets_on_one_reward_are_two_tasks(make_scores):
    """As in the README's own suite: 30 seconds, and 500 evaluations, of which nobody is missing."""
    seconds = make_scores({"best-of-n": [[1.0], [2.0]], "slow": [[3.0], [4.0]]}, budgets=(30.0,), task_budget="30s")
    counted = make_scores(
        {"best-of-n": [[7.0]]}, budgets=(500.0,), task_budget="500nfe", budget_unit="denoiser_evals"
    )  # fmt: skip
    summary = summarise(pd.concat([seconds, counted]))
    assert summary[["task_budget", "method", "mean", "n", "n_missing"]].to_numpy().tolist() == [
        ["30s", "best-of-n", 1.5, 2, 0],
        ["30s", "slow", 3.5, 2, 0],
        ["500nfe", "best-of-n", 7.0, 1, 0],
    ]
    assert len(largest_budget(summary)) == 3


def test_methods_on_other_prompts_have_intervals_of_their_own(make_scores):
    values = np.random.default_rng(0).normal(size=(6, 1))
    whole = summarise(make_scores({"a": values})).iloc[0]
    scores = make_scores({"a": values, "b": values})
    part = summarise(scores[(scores["method"] == "a") | (scores["prompt"] < "p3")]).set_index("method")
    assert part.loc["a", ["mean", "low", "high"]].tolist() == whole[["mean", "low", "high"]].tolist()
    assert part.loc["b", "mean"] == pytest.approx(values[:3].mean())
    assert part.loc["b", "n_prompts"] == 3


def test_a_column_of_words_is_no_metric(make_scores):
    scores = make_scores({"dno": [[1.0], [2.0]]}).assign(odd=["a", "b"])
    assert "odd" not in metric_names(scores)
    assert summarise(scores)["mean"].tolist() == [1.5]


def test_the_largest_budget_is_that_of_each_reward(make_scores):
    short = make_scores({"dno": [[[1.0, 2.0]]]}, budgets=(1.0, 2.0), reward="short")
    long = make_scores({"dno": [[[1.0, 2.0]]]}, budgets=(1.0, 9.0), reward="long")
    final = largest_budget(summarise(pd.concat([short, long])))
    assert dict(zip(final["reward"], final["budget"], strict=True)) == {"long": 9.0, "short": 2.0}
