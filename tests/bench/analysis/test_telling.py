import numpy as np
import pandas as pd

from bench.analysis.telling import telling_prompts


def order_of(scores):
    return telling_prompts(scores)["prompt"].tolist()


def test_the_prompt_on_which_methods_come_furthest_apart_is_first(make_scores):
    # Means over seeds: 1 apart on p0, 3 on p1, 2 on p2; what seeds of one method differ by does not count.
    values = {"base": [[0.0, 0.0], [0.0, 2.0], [5.0, 5.0]], "dno": [[-9.0, 11.0], [4.0, 4.0], [7.0, 7.0]]}
    found = telling_prompts(make_scores(values))
    assert found["prompt"].tolist() == ["p1", "p2", "p0"]
    assert found["spread"].tolist() == [3.0, 2.0, 1.0]


def test_it_is_the_largest_budget_that_counts(make_scores):
    values = {"base": [[[0.0, 0.0]], [[0.0, 0.0]]], "dno": [[[9.0, 1.0]], [[0.0, 2.0]]]}
    assert order_of(make_scores(values, budgets=(1.0, 10.0))) == ["p1", "p0"]


def test_equals_stand_by_name_and_what_has_no_score_last(make_scores):
    values = {"base": [[np.nan], [0.0], [0.0]], "dno": [[np.nan], [1.0], [1.0]]}
    assert order_of(make_scores(values)) == ["p1", "p2", "p0"]


def test_each_task_has_its_own_order(make_scores):
    near, far = {"a": [[0.0], [0.0]], "b": [[1.0], [2.0]]}, {"a": [[0.0], [0.0]], "b": [[2.0], [1.0]]}
    found = telling_prompts(pd.concat([make_scores(near, reward="x"), make_scores(far, reward="y")]))
    assert found.groupby("reward")["prompt"].agg(list).to_dict() == {"x": ["p1", "p0"], "y": ["p0", "p1"]}
