import numpy as np
import pandas as pd
import pytest

from bench.analysis.anytime import anytime_scores
from bench.analysis.curves import mean_curves
from bench.errors import InputError

UNIT = {"darkness": (0, 1)}


def found(curves, scores, anchors=UNIT):
    return anytime_scores(curves, scores, anchors).set_index("method")


def test_by_hand(make_scores, make_curves):
    # 10 s: half a point from 1 s on is half of one of two decades; from 5 s on it is half of half of the time.
    curves = make_curves({("a", 0, 0): [(1, 0.5)], ("b", 0, 0): [(0.05, -1.0), (5, 0.5)], ("c", 0, 0): [(0.05, 7.0)]})
    scores = found(curves, make_scores({"a": [[0.5]], "b": [[0.5]], "c": [[7.0]]}))
    assert scores["anytime"].to_dict() == pytest.approx({"a": 0.25, "b": 0.25 * np.log10(2), "c": 1.0})


def test_it_is_the_area_under_the_curve(make_scores, make_curves):
    rng = np.random.default_rng(0)
    steps, values = {}, np.zeros((3, 2))
    for cell in np.ndindex(3, 2):
        times = np.sort(rng.uniform(0.1, 10, 30))
        steps["a", *cell] = list(zip(times, np.maximum.accumulate(rng.uniform(0, 1, 30)), strict=True))
        values[cell] = steps["a", *cell][-1][1]
    curves, scores = make_curves(steps), make_scores({"a": values})
    fine = mean_curves(curves, scores, points=2000).fillna({"mean": 0})
    # Before all cells have an event the mean curve is open: compare from there on.
    first = max(cell[0][0] for cell in steps.values())
    late = curves.assign(seconds=curves["seconds"].clip(lower=first))
    area = np.trapezoid(fine["mean"][fine["x"] >= first], np.log(fine["x"][fine["x"] >= first])) / np.log(100)
    assert found(late, scores)["anytime"]["a"] == pytest.approx(area, abs=2e-3)


def test_another_method_changes_nothing(make_scores, make_curves):
    steps = {("a", 0, 0): [(1, 0.5)], ("a", 1, 0): [(3, 0.7)]}
    alone = found(make_curves(steps), make_scores({"a": [[0.5], [0.7]]}))
    steps |= {("b", p, 0): [(0.01, 1.0)] for p in range(2)}
    both = found(make_curves(steps), make_scores({"a": [[0.5], [0.7]], "b": [[1.0], [1.0]]}))
    pd.testing.assert_frame_equal(both.loc[["a"]], alone)


def test_what_comes_after_the_budget_does_not_count(make_scores, make_curves):
    curves = make_curves({("a", 0, 0): [(1, 0.5), (10.1, 1.0)]})
    assert found(curves, make_scores({"a": [[0.5]]}))["anytime"]["a"] == pytest.approx(0.25)


def test_failed_idle_and_missing_cells(make_scores, make_curves):
    values = {"base": [[0.5], [0.5]], "failed": [[np.nan], [0.5]], "idle": [[0.5], [0.5]], "missing": [[0.5], [0.5]]}
    scores = make_scores(values)
    scores.loc[scores["cell"] == "idle-0-0", ["status", "best_reward"]] = ["none", np.nan]
    scores.loc[scores["cell"] == "missing-0-0", ["status", "best_reward"]] = ["missing", np.nan]
    steps = {("base", p, 0): [(1, 0.5)] for p in range(2)} | {(m, 1, 0): [(1, 0.5)] for m in values if m != "base"}
    areas = found(make_curves(steps), scores)
    assert areas["anytime"].drop("missing").to_dict() == pytest.approx({"base": 0.25, "failed": 0.25, "idle": 0.125})
    assert np.isnan(areas["anytime"]["missing"])


def test_tasks_of_other_units_weigh_the_same(make_scores, make_curves):
    events = make_curves({("a", 0, 0): [(1, 0.5)]})
    scores = make_scores({"a": [[0.5]]})
    other = {"task_budget": "100nfe", "budget_unit": "denoiser_evals"}
    # At once half, from a tenth of the evaluations on all: 1/2 of 0.5 and 0.25 of seconds.
    counted = make_curves({("a", 0, 0): [(1, 1.0)]}, task_budget="100nfe")
    both = found(
        pd.concat([events, counted]), pd.concat([scores, make_scores({"a": [[1.0]]}, budgets=(100.0,), **other)])
    )
    assert both["anytime"]["a"] == pytest.approx((0.25 + 0.5) / 2)


def test_anchors_are_needed(make_scores, make_curves):
    with pytest.raises(InputError, match="no anchors for darkness"):
        found(make_curves({("a", 0, 0): [(1, 0.5)]}), make_scores({"a": [[0.5]]}), anchors={})
