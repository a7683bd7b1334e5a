import numpy as np
import pandas as pd
import pytest

from bench.analysis.targets import (
    declared_ladder,
    ecdf,
    expected_running_time,
    performance_profile,
    performance_scores,
    success_rates,
    times_to_target,
)


@pytest.fixture
def run(make_scores, make_curves):
    """Two methods, two prompts, budget 10 s: fast reaches 2 at 1 s and 4 s; slow at 5 s and never; done reaches 9."""
    steps = {
        ("fast", 0, 0): [(1, 2.0), (9, 3.0)],
        ("fast", 1, 0): [(2, 0.5), (4, 2.0)],
        ("slow", 0, 0): [(1, 0.0), (5, 2.5)],
        ("slow", 1, 0): [(3, 1.0), (10.5, 9.0)],
    }
    scores = make_scores({"fast": [[3.0], [2.0]], "slow": [[2.5], [1.0]]})
    return make_curves(steps), scores


def ladder(scores, *targets):
    return declared_ladder(scores, {"darkness": targets})


def times(run, *targets, axis="seconds"):
    return times_to_target(*run, ladder(run[1], *targets), axis)


def by_cell(found):
    return found.set_index(["method", "prompt"])["time"].to_dict()


def test_declared_targets_ascend_and_count_once(run):
    found = ladder(run[1], 2, 1, 2)
    assert found[["rung", "target"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    assert declared_ladder(run[1], {"another": [1]}).empty


def test_time_is_that_of_the_first_event_at_the_target_or_above(run):
    found = times(run, 2.0, 2.2)
    assert by_cell(found[found["target"] == 2.0]) == {
        ("fast", "p0"): 1, ("fast", "p1"): 4, ("slow", "p0"): 5, ("slow", "p1"): np.inf,
    }  # fmt: skip
    assert by_cell(found[found["target"] == 2.2]) == {
        ("fast", "p0"): 9, ("fast", "p1"): np.inf, ("slow", "p0"): 5, ("slow", "p1"): np.inf,
    }  # fmt: skip
    assert (found["spent"] == 10).all()


def test_on_another_axis_a_cell_has_spent_what_it_has_spent(run):
    found = times(run, 2.0, axis="denoiser_evals").set_index(["method", "prompt"])
    assert found["time"].to_dict() == {
        ("fast", "p0"): 10, ("fast", "p1"): 20, ("slow", "p0"): 20, ("slow", "p1"): np.inf,
    }  # fmt: skip
    assert found.loc[("slow", "p1"), "spent"] == 10  # its second event came after the budget


def test_a_failed_cell_misses_all_and_one_that_has_not_run_is_open(run):
    curves, scores = run
    scores.loc[scores["cell"] == "fast-0-0", "status"] = "failed"
    scores.loc[scores["cell"] == "slow-0-0", ["status", "best_reward"]] = ["missing", np.nan]
    found = times((curves[curves["cell"] != "slow-0-0"], scores), 2.0).set_index(["method", "prompt"])
    assert found.loc[("fast", "p0"), ["time", "spent"]].tolist() == [np.inf, 10]
    assert found.loc[("slow", "p0"), ["time", "spent"]].isna().all()
    shares = success_rates(found.reset_index()).set_index("method")["share"]
    assert shares["fast"] == 0.5
    assert np.isnan(shares["slow"])
    ert = expected_running_time(found.reset_index()).set_index("method")["ert"]
    assert ert["fast"] == 14
    assert np.isnan(ert["slow"])


def test_success_and_running_time_by_hand(run):
    found = times(run, 2.0, 2.2, 99)
    shares = success_rates(found).set_index(["method", "target"])
    assert shares["share"].to_dict() == {
        ("fast", 2.0): 1, ("fast", 2.2): 0.5, ("fast", 99): 0, ("slow", 2.0): 0.5, ("slow", 2.2): 0.5, ("slow", 99): 0,
    }  # fmt: skip
    assert shares.loc[("slow", 2.0), ["low", "high", "n"]].tolist() == [0, 1, 2]
    # Shares of 1 and 0 of two prompts are not certain.
    assert shares.loc[[("fast", 2.0), ("fast", 99), ("slow", 99)], ["low", "high"]].isna().all(axis=None)
    ert = expected_running_time(found).set_index(["method", "target"])["ert"].to_dict()
    assert ert == {
        ("fast", 2.0): 2.5, ("fast", 2.2): 19, ("fast", 99): np.inf,
        ("slow", 2.0): 15, ("slow", 2.2): 15, ("slow", 99): np.inf,
    }  # fmt: skip


def test_ecdf_by_hand(run):
    found = ecdf(times(run, 2.0, 2.2))
    fast = found[found["method"] == "fast"]
    assert fast["x"].tolist() == [1, 4, 9]
    assert fast["share"].tolist() == [0.25, 0.5, 0.75]
    assert (found["missed_at"] == 10).all()


def test_a_method_that_reaches_nothing_stays_at_no_share_where_it_had_spent_its_budget(run):
    found = ecdf(times(run, 2.6, 2.8)).set_index("method")
    assert found.loc["slow"].tolist()[-3:] == [10, 0, 10]
    assert found.loc["fast", "share"].tolist() == [0.25, 0.5]


def test_ecdf_ends_in_the_mean_success_rate(run):
    found = times(run, 0.0, 1.0, 2.0, 3.0)
    ends = ecdf(found).groupby("method")["share"].max()
    pd.testing.assert_series_equal(ends, success_rates(found).groupby("method")["share"].mean())


def test_ratios_by_hand(run):
    # Problems: p0 in 1 and 5 s, p1 in 4 s and never.
    scores = performance_scores(times(run, 2.0), r_max=6).set_index("method")
    assert scores["score"].to_dict() == pytest.approx({"fast": 1.0, "slow": (1 / 5 + 0) / 2})
    profile = performance_profile(times(run, 2.0), r_max=6).set_index(["method", "ratio"])["share"]
    assert profile["fast"].unique().tolist() == [1.0]
    assert profile["slow"].loc[4.9:5.1].iloc[[0, -1]].tolist() == [0.0, 0.5]


def test_the_closed_form_is_the_area_under_the_profile():
    rng = np.random.default_rng(0)
    keys = {"model": "m", "reward": "r", "task_budget": "9s", "seed": 0, "rung": 0, "target": 1.0, "spent": 100.0}
    time = np.where(rng.random((200, 3)) < 0.2, np.inf, rng.lognormal(1, 1, (200, 3)))
    rows = [
        {**keys, "prompt": f"p{p}", "method": name, "time": time[p, i]}
        for p in range(200)
        for i, name in enumerate("abc")
    ]
    frame = pd.DataFrame(rows)
    profile = performance_profile(frame).groupby("method")
    areas = {name: np.trapezoid(mine["share"], mine["ratio"]) / 3 for name, mine in profile}
    assert performance_scores(frame).set_index("method")["score"].to_dict() == pytest.approx(areas, abs=0.003)


def test_what_nobody_solves_counts_against_all(run):
    scores = performance_scores(times(run, 2.0, 99), r_max=6).set_index("method")
    assert scores["score"]["fast"] == 0.5
    assert (scores["n_problems"] == 4).all()


def test_the_median_of_seeds_is_the_time_of_a_problem(make_scores, make_curves):
    steps = {("a", 0, seed): [(time, 1.0)] for seed, time in enumerate((2, 3, 8))} | {("b", 0, 0): [(3, 1.0)]}
    steps |= {("b", 0, 1): [(6, 1.0)], ("b", 0, 2): [(9, 0.0)]}
    scores = make_scores({"a": [[1.0, 1.0, 1.0]], "b": [[1.0, 1.0, 0.0]]})
    # Medians 3 and 6: the slower one takes twice as long, (4 - 2) / 3 of a full score.
    found = performance_scores(times((make_curves(steps), scores), 1.0)).set_index("method")["score"]
    assert found.to_dict() == pytest.approx({"a": 1.0, "b": 2 / 3})


def test_a_method_that_was_not_planned_for_all_has_no_profile(run):
    curves, scores = run
    more = pd.concat([scores, scores[scores["method"] == "fast"].assign(reward="other")])
    curves = pd.concat([curves, curves[curves["method"] == "fast"].assign(reward="other")])
    found = times_to_target(curves, more, declared_ladder(more, {"darkness": [2], "other": [2]}))
    scores = performance_scores(found).set_index("method")["score"]
    assert scores["fast"] == 1.0
    assert np.isnan(scores["slow"])
