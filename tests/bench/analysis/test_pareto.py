import numpy as np
import pandas as pd

from bench.analysis.pareto import pareto


def summary(costs, means, reward="darkness", **columns):
    rows = pd.DataFrame({"method": [f"m{i}" for i in range(len(costs))], "seconds": costs, "mean": means})
    keys = {"model": "m", "reward": reward, "task_budget": "9s", "budget_unit": "seconds", "budget": 9.0}
    return rows.assign(**keys, low=rows["mean"] - 1, high=rows["mean"] + 1, **{"n_none": 0, **columns})


def efficient(found):
    return list(found["efficient"])


def test_known_answer():
    # Cheap, dear and better, dear and worse, as dear as the second but worse, the cheapest's equal.
    found = pareto(summary([1, 3, 4, 3, 1], [0.0, 2.0, 1.0, 1.5, 0.0]), "seconds")
    assert efficient(found) == [True, True, False, False, True]
    assert list(found["cost"]) == [1, 3, 4, 3, 1]


def test_agrees_with_a_sweep_from_the_cheapest():
    rng = np.random.default_rng(0)
    costs, means = rng.uniform(size=(2, 200))
    order = np.argsort(costs)
    records = np.zeros(200, dtype=bool)
    records[order] = means[order] == np.maximum.accumulate(means[order])
    assert efficient(pareto(summary(costs, means), "seconds")) == list(records)


def test_rewards_are_judged_apart():
    both = pd.concat([summary([1, 2], [1, 0]), summary([2], [0], reward="jpeg")])
    assert efficient(pareto(both, "seconds")) == [True, False, True]


def test_what_is_not_known_or_not_yet_paid_for_is_no_point():
    rows = summary([1.0, 2.0, np.nan, 0.1], [1.0, np.nan, 5.0, 2.0], n_none=[0, 0, 0, 1])
    assert list(pareto(rows, "seconds")["method"]) == ["m0"]
