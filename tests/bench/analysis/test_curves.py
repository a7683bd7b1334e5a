import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.curves import align, log_grid, mean_curves, task_events
from bench.analysis.scores import summarise

times = st.lists(st.integers(1, 50), min_size=1, max_size=8).map(sorted)


def at(curve, method, x):
    """The mean of a method at the last grid point that is not after x."""
    rows = curve[(curve["method"] == method) & (curve["x"] <= x * (1 + 1e-12))]
    return rows["mean"].iloc[-1]


def test_grid_runs_from_first_to_last_in_equal_ratios():
    grid = log_grid(0.1, 1000, 5)
    assert grid == pytest.approx([0.1, 1, 10, 100, 1000])
    assert (grid[0], grid[-1]) == (0.1, 1000)


def steps(when, values, grid):
    cells = pd.DataFrame({"prompt": "p", "seed": 0, "seconds": when, "best_reward": values})
    pairs = pd.MultiIndex.from_tuples([("p", 0), ("q", 0)], names=["prompt", "seed"])
    found = align(cells, pairs, "seconds", np.asarray(grid, float), "best_reward").to_numpy()
    assert np.isnan(found[1]).all()
    return found[0]


def test_steps_hold_from_their_event_on():
    found = steps([1.0, 2.0], [5.0, 7.0], [0.9, 1.0, 1.5, 2.0, 9.0])
    assert np.isnan(found[0])
    assert found[1:].tolist() == [5.0, 5.0, 7.0, 7.0]


@given(times, times)
def test_no_improvement_shows_before_it_happened(when, grid):
    best = np.arange(len(when), dtype=float)
    for x, value in zip(grid, steps(when, best, grid), strict=True):
        happened = [b for t, b in zip(when, best, strict=True) if t <= x]
        assert np.isnan(value) if not happened else value == max(happened)


def test_mean_of_two_cells_by_hand(make_scores, make_curves):
    scores = make_scores({"dno": [[0.0], [0.0]]}, budgets=(8.0,))
    curves = make_curves({("dno", 0, 0): [(1, 0.0), (3.9, 1.0)], ("dno", 1, 0): [(1.9, 10.0)]})
    found = mean_curves(curves, scores, points=4)
    assert found["x"].tolist() == pytest.approx([1, 2, 4, 8])
    # At 1 s the second cell has nothing yet; after its only event it is carried to the end.
    assert np.isnan(found["mean"][0])
    assert found["mean"][1:].tolist() == [5.0, 5.5, 5.5]
    assert found["n"].tolist() == [2, 2, 2, 2]


def test_the_band_ends_in_the_interval_of_the_table(make_scores, make_curves):
    values = np.random.default_rng(0).normal(size=(6, 2))
    scores = make_scores({"dno": values})
    curves = make_curves({("dno", p, s): [(1, -9.0), (7, v)] for (p, s), v in np.ndenumerate(values)})
    last = mean_curves(curves, scores).iloc[-1]
    row = summarise(scores).iloc[0]
    assert last[["mean", "low", "high"]].tolist() == pytest.approx(row[["mean", "low", "high"]].tolist())


@pytest.mark.parametrize("axis", ["seconds", "denoiser_evals"])
def test_what_comes_after_the_budget_does_not_count(make_scores, make_curves, axis):
    scores = make_scores({"dno": [[1.0]]}, budgets=(10.0,))
    found = mean_curves(make_curves({("dno", 0, 0): [(1, 1.0), (10.1, 5.0)]}), scores, axis)
    assert found["x"].max() == pytest.approx(10)
    assert found["mean"].max() == 1.0


def test_where_nothing_failed_the_events_are_the_cells_own(make_scores, make_curves):
    scores = make_scores({"base": [[1.0]], "dno": [[2.0]]})
    curves = make_curves({("base", 0, 0): [(1, 1.0)], ("dno", 0, 0): [(1, 2.0)]})
    (task,) = task_events(curves, scores)
    pd.testing.assert_frame_equal(task.events, curves.drop(columns=["run", "cell"]))


def test_a_failed_cell_follows_base(make_scores, make_curves):
    scores = make_scores({"base": [[1.0], [3.0]], "dno": [[np.nan], [9.0]]})
    steps = {("base", 0, 0): [(1, 1.0)], ("base", 1, 0): [(1, 3.0)], ("dno", 1, 0): [(1, 9.0)]}
    # What the failed cell had reached before it failed does not count either.
    found = mean_curves(make_curves({**steps, ("dno", 0, 0): [(1, 99.0)]}), scores)
    assert at(found, "dno", 10) == 5.0
    assert at(found, "base", 10) == 2.0


def test_a_cell_that_failed_late_keeps_what_it_had_until_its_last_result(make_scores, make_curves):
    scores = make_scores({"base": [[[1.0, 1.0]]] * 2, "dno": [[[7.0, np.nan]], [[9.0, 9.0]]]}, budgets=(5.0, 10.0))
    steps = {("base", 0, 0): [(1, 0.5), (2, 1.0), (8, 1.5)], ("base", 1, 0): [(1, 1.0)]}
    steps |= {("dno", 0, 0): [(1, 3.0), (4, 7.0), (6, 99.0)], ("dno", 1, 0): [(1, 9.0)]}
    curves, summary = make_curves(steps), summarise(scores).set_index(["method", "budget"])["mean"]
    found = mean_curves(curves, scores, points=2000)
    assert at(found, "dno", 4.99) == summary["dno", 5.0] == 8.0
    # From 5 s on as base, with what base had found by then, and at the end as in the table.
    assert [at(found, "dno", x) for x in (5.01, 7.9, 10)] == [5.0, 5.0, 5.25]
    # Its second event, of 20 evaluations, is the last result.
    scores.loc[(scores["cell"] == "dno-0-0") & (scores["budget"] == 5.0), "denoiser_evals"] = 20
    counted = mean_curves(curves, scores, "denoiser_evals", points=500).assign(x=lambda rows: rows["x"].round(9))
    assert counted.loc[(counted["method"] == "dno") & (counted["x"] == 10), "mean"].tolist() == [6.0]


def test_a_method_of_which_every_cell_failed_has_no_curve(make_scores, make_curves):
    scores = make_scores({"base": [[1.0], [3.0]], "dno": [[np.nan], [np.nan]]})
    found = mean_curves(
        make_curves({("base", p, 0): [(1, 1.0)] for p in range(2)} | {("dno", 0, 0): [(1, 9.0)]}), scores
    )
    assert found.loc[found["method"] == "dno", "mean"].isna().all()
    assert found.loc[found["method"] == "base", "mean"].notna().all()


def test_two_budgets_on_one_reward_have_curves_of_their_own(make_scores, make_curves):
    tasks = {"30s": ("seconds", 30.0, 1.0), "500nfe": ("denoiser_evals", 500.0, 7.0)}
    scores = pd.concat(
        make_scores({"dno": [[value]]}, budgets=(budget,), task_budget=task, budget_unit=unit)
        for task, (unit, budget, value) in tasks.items()
    )
    curves = pd.concat(
        make_curves({("dno", 0, 0): [(1, value)]}, task_budget=task) for task, (_, _, value) in tasks.items()
    )
    for axis, end in (("seconds", 30.0), ("denoiser_evals", 500.0)):
        found = mean_curves(curves, scores, axis).dropna(subset="mean").groupby("task_budget")["mean"]
        assert found.unique().map(list).to_dict() == {"30s": [1.0], "500nfe": [7.0]}
        assert mean_curves(curves, scores, axis)["x"].max() == pytest.approx(end)


def test_a_failed_cell_without_base_leaves_no_curve(make_scores, make_curves):
    scores = make_scores({"dno": [[np.nan], [9.0]], "other": [[1.0], [1.0]]})
    steps = {("dno", 1, 0): [(1, 9.0)], ("other", 0, 0): [(1, 1.0)], ("other", 1, 0): [(1, 1.0)]}
    found = mean_curves(make_curves(steps), scores)
    assert found.loc[found["method"] == "dno", "mean"].isna().all()
    assert at(found, "other", 10) == 1.0


def test_a_run_where_all_failed_has_no_curves(make_scores, make_curves):
    curves = make_curves({("dno", 0, 0): [(1, 9.0)]})
    found = mean_curves(curves, make_scores({"dno": [[np.nan]]}))
    assert found.empty
    assert "mean" in found


def test_on_another_axis_a_curve_ends_with_its_first_cell_to_end(make_scores, make_curves):
    scores = make_scores({"dno": [[1.0], [2.0]], "best-of-n": [[1.0], [1.0]]})
    steps = {("dno", 0, 0): [(1, 1.0)] * 3, ("dno", 1, 0): [(1, 2.0)] * 5}
    steps |= {("best-of-n", p, 0): [(1, 1.0)] * 9 for p in range(2)}
    found = mean_curves(make_curves(steps), scores, "denoiser_evals").dropna()
    ends = found.groupby("method")["x"].max()
    assert found["x"].min() == pytest.approx(10)
    assert 29 < ends["dno"] <= 30
    assert ends["best-of-n"] == pytest.approx(90)


def test_another_method_leaves_the_band_alone(make_scores, make_curves):
    rng = np.random.default_rng(0)
    values = {name: rng.normal(size=(4, 2)) for name in ("a", "b")}
    steps = {(m, p, s): [(1, v)] for m, array in values.items() for (p, s), v in np.ndenumerate(array)}
    both = mean_curves(make_curves(steps), make_scores(values))
    only = {key: events for key, events in steps.items() if key[0] == "a"}
    alone = mean_curves(make_curves(only), make_scores({"a": values["a"]}))
    columns = ["x", "mean", "low", "high"]
    assert both.loc[both["method"] == "a", columns].to_numpy() == pytest.approx(alone[columns].to_numpy())


def test_the_last_iterate_is_read_from_its_own_column(make_scores, make_curves):
    curves = make_curves({("dno", 0, 0): [(1, 1.0), (4, 5.0)]})
    curves["current_reward"] = [1.0, -3.0]
    found = mean_curves(curves, make_scores({"dno": [[5.0]]}), value="current_reward")
    assert (at(found, "dno", 2), at(found, "dno", 10)) == (1.0, -3.0)
