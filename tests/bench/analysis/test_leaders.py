import numpy as np

from bench.analysis.leaders import leaders


def test_leader_runner_up_and_lead_by_hand(make_scores):
    values = {"a": [[0.0], [0.0]], "b": [[1.0], [2.0]], "c": [[2.0], [5.0]]}
    (row,) = leaders(make_scores(values)).to_dict("records")
    assert (row["leader"], row["runner_up"]) == ("c", "b")
    assert (row["lead"], row["low"], row["high"], row["resolved"]) == (2.0, 1.0, 3.0, True)


def test_a_lead_that_hangs_on_the_prompts_is_not_resolved(make_scores):
    values = {"a": [[0.0], [0.0]], "b": [[-1.0], [2.0]]}
    (row,) = leaders(make_scores(values)).to_dict("records")
    assert (row["leader"], row["lead"], row["low"], row["resolved"]) == ("b", 0.5, -1.0, False)


def test_the_lead_can_change_from_budget_to_budget(make_scores):
    values = {"a": [[[1.0, 2.0]], [[1.0, 2.0]]], "b": [[[0.0, 3.0]], [[0.0, 3.0]]]}
    found = leaders(make_scores(values, budgets=(5.0, 10.0)))
    assert found[["budget", "leader", "resolved"]].to_numpy().tolist() == [
        [5.0, "a", True],
        [10.0, "b", True],
    ]


def test_a_lead_on_one_prompt_is_not_resolved(make_scores):
    (row,) = leaders(make_scores({"a": [[0.0]], "b": [[1.0]]})).to_dict("records")
    assert (row["lead"], row["resolved"]) == (1.0, False)
    assert np.isnan(row["low"])


def test_nobody_leads_alone_or_unknown(make_scores):
    assert leaders(make_scores({"a": [[0.0]]})).empty
    assert leaders(make_scores({"a": [[np.nan]], "b": [[np.nan]]})).empty


def test_false_alarms_between_two_equal_methods_are_rare(make_scores):
    rng = np.random.default_rng(0)
    # Every budget is an experiment of its own: 200 of them, 20 prompts each.
    values = {name: rng.normal(size=(20, 1, 200)) for name in ("a", "b")}
    found = leaders(make_scores(values, budgets=tuple(range(1, 201))))
    assert len(found) == 200
    # 5 % for either name to lead by chance, and the slight narrowness of 20 prompts.
    assert found["resolved"].mean() <= 0.1
