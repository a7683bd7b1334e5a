"""P(z) as a predictor: known answers."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from bench.analysis.probability import prediction, probability_points

KEYS = {"model": "m", "reward": "r", "budget_unit": "seconds", "budget": 1.0, "prompt": "p"}


def make_scores(log_p, distance, adherence, method="dno", **more):
    return pd.DataFrame(
        {**KEYS, "method": method, "seed": range(len(log_p)), "noise-probability/log-p": log_p,
         "support-distance": distance, "adherence": adherence, **more}
    )  # fmt: skip


def test_correlation_is_that_of_ranks():
    log_p, distance = np.random.default_rng(0).normal(size=(2, 30))
    row = prediction(probability_points(make_scores(log_p, distance, np.linspace(0, 1, 30)))).iloc[0]
    expected = np.corrcoef(rankdata(log_p), rankdata(distance))[0, 1]
    assert row["rho support-distance"] == pytest.approx(expected)
    assert (row["method"], row["n"]) == ("all methods", 30)


def test_missed_and_false_alarms_are_counted_by_hand():
    # Broken images: two of three have probable noise. Good images: one of two has improbable noise (log 0.05 = -2.996).
    points = probability_points(make_scores([0.0, -1.0, -3.1, -50.0, -2.9], [1] * 5, [0.1, 0.2, 0.3, 0.9, 0.8]))
    row = prediction(points).iloc[0]
    assert (row["broken"], row["missed"], row["false alarms"]) == (3, pytest.approx(2 / 3), 0.5)
    assert np.isnan(row["rho support-distance"])


def test_each_method_and_each_kind_of_noise_has_its_row():
    scores = pd.concat(
        [make_scores([0.0, -1], [0.1, 0.2], [1, 1], method=name, **{"initial/log-p": [-9, -9]}) for name in "ab"]
    )
    found = prediction(probability_points(scores))
    assert found["judged"].tolist() == ["noise-probability"] * 3 + ["initial"] * 3
    assert found["method"].tolist() == ["all methods", "a", "b"] * 2
    assert found["rho support-distance"].dropna().tolist() == pytest.approx([-1.0] * 3)
    assert found["missed"].isna().all()


def test_cells_without_a_sample_and_runs_without_a_truth_are_left_out():
    scores = make_scores([0.0, np.nan], [0.1, np.nan], [1.0, np.nan])
    assert len(probability_points(scores)) == 1
    assert probability_points(scores.drop(columns=["support-distance", "adherence"])).empty
    assert probability_points(scores.drop(columns=["noise-probability/log-p"])).empty
