import numpy as np
import pandas as pd
import pytest

from bench.analysis.leaders import leaders
from bench.analysis.paired import versus_best

NEAR = np.array([[0.0], [0.01], [-0.01]])


def found(scores):
    return leaders(versus_best(scores))


def test_leader_runner_up_and_lead_by_hand(make_scores):
    values = {"a": [[0.0], [0.0]], "b": [[1.0], [2.0]], "c": [[2.0], [5.0]]}
    (row,) = found(make_scores(values)).to_dict("records")
    assert (row["leader"], row["runner_up"], row["lead"]) == ("c", "b", 2.0)
    # Leads of 1 and 3: a standard error of 1, and 12.7 of them.
    assert (row["low"], row["high"], row["resolved"]) == (
        pytest.approx(-10.706, abs=1e-3),
        pytest.approx(14.706, abs=1e-3),
        False,
    )
    assert row["n_prompts"] == 2 < row["needed"]


def test_a_lead_that_holds_on_all_prompts_is_resolved(make_scores):
    (row,) = found(make_scores({"a": NEAR, "b": NEAR + 1 + NEAR})).to_dict("records")
    assert (row["leader"], row["resolved"]) == ("b", True)


def test_a_lead_that_hangs_on_the_prompts_is_not_resolved(make_scores):
    (row,) = found(make_scores({"a": [[0.0], [0.0]], "b": [[-1.0], [2.0]]})).to_dict("records")
    assert (row["leader"], row["lead"], row["low"] < 0, row["resolved"]) == ("b", 0.5, True, False)


def test_the_more_methods_the_stricter(make_scores):
    """Each of them could have led by chance: Holm takes all pairs of the column into account."""
    rng = np.random.default_rng(0)
    two = {"a": rng.normal(0, 1, (12, 1)), "b": rng.normal(1.6, 1, (12, 1))}
    many = two | {f"c{number}": rng.normal(-3, 1, (12, 1)) for number in range(3)}
    many |= {f"d{number}": rng.normal(0, 1, (12, 1)) for number in range(9)}
    alone = versus_best(make_scores(two)).set_index("method").loc["a"]
    among = versus_best(make_scores(many)).set_index("method").loc["a"]
    assert among[["best", "lead", "low", "high"]].tolist() == alone[["best", "lead", "low", "high"]].tolist()
    assert (alone["resolved"], among["resolved"]) == (True, False)


def test_the_lead_can_change_from_budget_to_budget(make_scores):
    ahead, behind = NEAR[..., None] + [1.0, 3.0], 2 * NEAR[..., None] + [0.0, 4.0]
    rows = found(make_scores({"a": ahead, "b": behind}, budgets=(5.0, 10.0)))
    assert rows[["budget", "leader", "resolved"]].to_numpy().tolist() == [[5.0, "a", True], [10.0, "b", True]]


def test_two_budgets_on_one_reward_have_a_leader_each(make_scores):
    tasks = [
        make_scores({"a": NEAR, "b": NEAR + 1}, task_budget="10s"),
        make_scores({"a": NEAR + 1, "c": NEAR}, budgets=(500.0,), task_budget="500nfe", budget_unit="denoiser_evals"),
    ]
    rows = found(pd.concat(tasks)).set_index("task_budget")
    assert rows["leader"].to_dict() == {"10s": "b", "500nfe": "a"}


def test_a_lead_on_one_prompt_is_not_resolved(make_scores):
    (row,) = found(make_scores({"a": [[0.0]], "b": [[1.0]]})).to_dict("records")
    assert (row["lead"], row["resolved"]) == (1.0, False)
    assert np.isnan(row["low"])


def test_nobody_leads_alone_or_unknown(make_scores):
    assert found(make_scores({"a": [[0.0]]})).empty
    assert found(make_scores({"a": [[np.nan]], "b": [[np.nan]]})).empty


@pytest.mark.parametrize("n_prompts", [4, 20])
def test_false_alarms_among_equal_methods_are_rare(make_scores, n_prompts):
    rng = np.random.default_rng(0)
    # Every budget is an experiment of its own: 200 of them.
    values = {name: rng.normal(size=(n_prompts, 1, 200)) for name in "abc"}
    rows = found(make_scores(values, budgets=tuple(range(1, 201))))
    assert len(rows) == 200
    # Also though the two are the best and the next of three, looked up afterwards.
    assert rows["resolved"].mean() <= 0.08
