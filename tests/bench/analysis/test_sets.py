import numpy as np
import pandas as pd
import pytest

from bench.analysis.intervals import interval
from bench.analysis.sets import summarise_sets


def make_sets(values, metric="clip-diversity", budgets=(5.0, 9.0), reward="darkness", se=np.nan):
    """Sets from `{method: prompts x budgets}`; one prompt stands for all of them."""
    rows = []
    for method, array in values.items():
        for (prompt, point), value in np.ndenumerate(np.asarray(array, dtype=float)):
            rows.append(
                {
                    "run": "r", "model": "emoji", "reward": reward, "task_budget": "9s",
                    "budget_unit": "seconds", "budget": budgets[point],
                    "method": method, "prompt": f"p{prompt}" if len(array) > 1 else "",
                    "metric": metric, "value": value, "se": se, "n": 3,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def row_of(summary, method, metric="clip-diversity"):
    return summary[(summary["method"] == method) & (summary["metric"] == metric)].iloc[0]


def test_mean_and_interval_over_prompts_at_the_largest_budget():
    values = np.random.default_rng(0).normal(size=(7, 2))
    summary = summarise_sets(make_sets({"base": values, "dno": 2 * values}))
    expected = interval(values[:, 1:])
    row = row_of(summary, "base")
    assert row[["mean", "low", "high"]].tolist() == pytest.approx([float(part[0]) for part in expected])
    assert row_of(summary, "dno")["mean"] == pytest.approx(2 * row["mean"])
    assert (row["budget"], row["n"]) == (9.0, 21)


def test_a_set_over_all_prompts_has_no_interval():
    sets = pd.concat([make_sets({"dno": np.ones((4, 2))}), make_sets({"dno": [[7.0, 8.0]]}, metric="fid")])
    row = row_of(summarise_sets(sets), "dno", "fid")
    assert row["mean"] == 8.0
    assert row[["low", "high"]].isna().all()


def test_a_prompt_without_a_value_leaves_the_mean_open():
    summary = summarise_sets(make_sets({"base": [[1, 1], [1, 1]], "dno": [[1, np.nan], [1, 1]]}))
    assert np.isnan(row_of(summary, "dno")["mean"])
    assert row_of(summary, "base")["mean"] == 1.0


def test_rewards_are_kept_apart():
    sets = pd.concat([make_sets({"dno": [[k, k]]}, reward=f"r{k}") for k in range(2)])
    summary = summarise_sets(sets)
    assert summary[["reward", "mean"]].to_numpy().tolist() == [["r0", 0.0], ["r1", 1.0]]


def test_the_error_of_a_mean_over_prompts_is_that_of_independent_sets():
    sets = make_sets({"dno": np.ones((2, 2))})
    sets["se"] = np.where(sets["prompt"] == "p0", 0.3, 0.4)
    assert row_of(summarise_sets(sets), "dno")["se"] == pytest.approx(0.25)  # sqrt(0.09 + 0.16) / 2
    one = make_sets({"dno": [[7.0, 8.0]]}, metric="energy-distance", se=0.3)
    assert row_of(summarise_sets(one), "dno", "energy-distance")["se"] == pytest.approx(0.3)


def test_an_error_that_is_not_known_of_one_set_is_not_known_of_the_mean():
    sets = make_sets({"dno": np.ones((2, 2))})
    sets["se"] = np.where(sets["prompt"] == "p0", 0.3, np.nan)
    assert np.isnan(row_of(summarise_sets(sets), "dno")["se"])
