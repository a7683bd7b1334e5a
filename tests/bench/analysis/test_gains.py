import numpy as np
import pandas as pd
import pytest

from bench.analysis.gains import covers, gained, own_rewards

KEYS = {"model": "m", "reward": "darkness", "task_budget": "2s", "prompt": "cat"}


def events(method, seed, rewards):
    return [
        {**KEYS, "method": method, "seed": seed, "step": step, "current_reward": reward, "best_reward": reward}
        for step, reward in enumerate(rewards)
    ]


CURVES = pd.DataFrame(
    [*events("dno", 0, [3.0, 5.0]), *events("base", 0, [1.0, 9.0]), *events("base", 1, [2.0]), *events("dno", 1, [7.0])]
)


def test_what_is_gained_is_over_the_first_sample_of_base_on_the_same_prompt_and_seed():
    found = gained(CURVES, own_rewards(CURVES))
    assert found["best_reward"].tolist() == [2.0, 4.0, 0.0, 8.0, 0.0, 5.0]


def test_scores_are_shifted_by_the_same():
    scores = pd.DataFrame([{**KEYS, "method": "dno", "seed": 1, "budget": 2.0, "best_reward": 7.0}])
    assert gained(scores, own_rewards(CURVES))["best_reward"].tolist() == [5.0]


def test_a_cell_without_a_sample_of_base_has_no_gain():
    own = own_rewards(CURVES[CURVES["seed"] == 0])
    scores = CURVES[["model", "reward", "task_budget", "prompt", "seed"]]
    assert covers(own, scores[scores["seed"] == 0])
    assert not covers(own, scores)
    assert np.isnan(gained(CURVES, own)["best_reward"].tolist()[-1])


def test_no_base_is_no_reference():
    own = own_rewards(CURVES[CURVES["method"] == "dno"])
    assert not covers(own, CURVES)
    assert own.empty


@pytest.mark.parametrize("order", [1, -1])
def test_the_first_event_is_the_earliest_whatever_the_order_of_rows(order):
    assert own_rewards(CURVES[::order]).tolist() == ([1.0, 2.0] if order > 0 else [2.0, 1.0])
