import numpy as np
import pandas as pd
import pytest

from bench.analysis.tuning import ranked_settings

NAMES = {"slow": "dno", "fast": "dno", "faster": "dno", "few": "rbf", "many": "rbf", "base": "base"}


def ranks(scores):
    return ranked_settings(scores, NAMES).set_index("method")["mean_rank"].to_dict()


def chosen(scores):
    return ranked_settings(scores, NAMES).query("chosen")["method"].tolist()


def test_ranks_are_those_of_a_method_s_own_settings_on_each_prompt_and_seed(make_scores):
    # On the first prompt fast beats slow twice, on the second once each; rbf's values are no rivals of theirs.
    scores = make_scores(
        {"slow": [[1, 1], [9, 0]], "fast": [[2, 3], [5, 5]], "few": [[7, 7], [7, 7]], "base": [[8, 8]] * 2}
    )
    assert ranks(scores) == {"slow": 1.75, "fast": 1.25}
    assert chosen(scores) == ["fast"]


def test_tasks_and_prompts_weigh_the_same_whatever_their_scale_and_number(make_scores):
    many = make_scores({"slow": [[1], [1], [1]], "fast": [[0.9], [0.9], [0.9]]}, reward="small")
    one = make_scores({"slow": [[100]], "fast": [[10000]]}, reward="large")
    assert ranks(pd.concat([many, one])) == {"slow": 1.5, "fast": 1.5}
    assert chosen(pd.concat([many, one])) == ["slow"], "of equal settings the first"


def test_what_has_no_score_is_last_and_equal_ones_share_their_places(make_scores):
    scores = make_scores({"slow": [[np.nan]], "fast": [[-5]], "faster": [[-5]]})
    assert ranks(scores) == {"slow": 3, "fast": 1.5, "faster": 1.5}


def test_nothing_is_chosen_before_all_settings_have_run(make_scores):
    rest = make_scores({"few": [[1], [1]], "many": [[2], [2]]})
    found = ranked_settings(
        pd.concat([make_scores({"slow": [[1], [np.nan]], "fast": [[2], [2]]}, gap="missing"), rest]), NAMES
    )
    assert found.loc[found["name"] == "dno", "mean_rank"].isna().all()
    assert found.query("chosen")["method"].tolist() == ["many"]


def test_the_largest_budget_counts_and_what_was_given_is_its_sum(make_scores):
    scores = make_scores({"slow": [[[5, 5]], [[5, 5]]], "fast": [[[1, 6]], [[1, 6]]]}, budgets=(2.0, 4.0))
    found = ranked_settings(scores, NAMES)
    assert chosen(scores) == ["fast"]
    assert found["given"].tolist() == pytest.approx([8, 8])


def test_each_model_has_a_setting_of_its_own(make_scores):
    many = make_scores({"slow": [[1]], "fast": [[0]]}).assign(model="many-steps")
    found = ranked_settings(
        pd.concat([many, make_scores({"slow": [[0]], "fast": [[1]]}).assign(model="one-step")]), NAMES
    )
    assert found.query("chosen").set_index("model")["method"].to_dict() == {"many-steps": "slow", "one-step": "fast"}
    assert found.set_index(["model", "method"])["mean_rank"].tolist() == [1, 2, 2, 1]


def test_equal_settings_are_those_of_the_run_s_order_not_of_the_alphabet(make_scores):
    scores = make_scores({"fast": [[1]], "slow": [[1]]})
    assert chosen(scores) == ["slow"]


def test_means_that_differ_in_their_last_bit_are_equal(make_scores):
    # Ranks 5/3 and 4/3, then 4/3 and 5/3.
    one = make_scores({"slow": [[1], [2], [2]], "fast": [[2], [1], [1]]}, reward="one")
    other = make_scores({"slow": [[2], [1], [1]], "fast": [[1], [2], [2]]}, reward="other")
    assert chosen(pd.concat([one, other])) == ["slow"]
