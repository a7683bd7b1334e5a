"""P(z) beside measured truth: which cells have both."""

import numpy as np
import pandas as pd

from bench.analysis.probability import probability_points

KEYS = {"model": "m", "reward": "r", "task_budget": "1s", "budget_unit": "seconds", "budget": 1.0, "prompt": "p"}


def make_scores(log_p, distance, adherence, method="dno", **more):
    return pd.DataFrame(
        {**KEYS, "method": method, "seed": range(len(log_p)), "noise-probability/log-p": log_p,
         "support-distance": distance, "adherence": adherence, **more}
    )  # fmt: skip


def test_each_cell_and_kind_of_noise_has_its_row():
    scores = pd.concat(
        [make_scores([0.0, -1], [0.1, 0.2], [1, 1], method=name, **{"initial/log-p": [-9, -8]}) for name in "ab"]
    )
    found = probability_points(scores)
    assert found["judged"].tolist() == ["noise-probability"] * 4 + ["initial"] * 4
    assert found["log_p"].tolist() == [0.0, -1.0] * 2 + [-9.0, -8.0] * 2
    assert found["method"].tolist() == ["a", "a", "b", "b"] * 2


def test_cells_without_a_sample_and_runs_without_a_truth_are_left_out():
    scores = make_scores([0.0, np.nan], [0.1, np.nan], [1.0, np.nan])
    assert len(probability_points(scores)) == 1
    assert probability_points(scores.drop(columns=["support-distance", "adherence"])).empty
    assert probability_points(scores.drop(columns=["noise-probability/log-p"])).empty
