import numpy as np
import pandas as pd
import pytest

from bench.analysis.headlines import headlines

PROMPTS = np.arange(6)[:, None] * 0.1


def with_distance(scores, distances):
    """Each method at its distance, but `base`, whose six cells are at 0.05, 0.06, ... 0.10."""
    own = 0.05 + 0.01 * scores["prompt"].astype("category").cat.codes
    return scores.assign(**{"support-distance": scores["method"].map(distances).fillna(own)})


def scores_of(make_scores):
    rewards = {"base": PROMPTS, "best-of-n": PROMPTS + 0.2, "dno": PROMPTS + 0.5, "dps": PROMPTS + 0.3}
    noise = 0.01 * np.cos(np.arange(6))[:, None]
    return make_scores({name: values + number * noise for number, (name, values) in enumerate(rewards.items())})


def test_who_leads_within_the_distribution_is_all_there_is_to_say(make_scores):
    scores = with_distance(scores_of(make_scores), {"best-of-n": 0.07, "dno": 0.08, "dps": 0.07})
    (one,) = headlines(scores)
    assert (one.leader.method, one.leader.leaves, one.stayer) == ("dno", False, None)
    assert one.leader.own.more == pytest.approx(0.5, abs=0.02)
    assert one.leader.rival.more == pytest.approx(0.3, abs=0.02)
    assert one.leader.own.resolved
    assert (one.leader.own.seen, np.isnan(one.leader.own.needed)) == (6, True)
    assert one.own_distance == pytest.approx(0.075)


def test_a_leader_beyond_nearly_all_of_the_model_s_own_samples_has_left_and_the_next_is_named(make_scores):
    scores = with_distance(scores_of(make_scores), {"best-of-n": 0.07, "dno": 0.4, "dps": 0.3})
    (one,) = headlines(scores)
    assert (one.leader.method, one.leader.leaves) == ("dno", True)
    assert (one.stayer.method, one.stayer.rival) == ("best-of-n", None)


def test_without_a_distance_nobody_leaves_and_without_references_there_is_nothing_to_be_above(make_scores):
    (one,) = headlines(make_scores({"dno": PROMPTS + 0.5, "dps": PROMPTS}).drop(columns="support-distance"))
    assert (one.leader.method, one.leader.own, one.leader.rival, one.leader.leaves) == ("dno", None, None, False)
    assert np.isnan(one.leader.distance)


def test_base_alone_makes_no_headline(make_scores):
    assert headlines(make_scores({"base": PROMPTS})) == []


def test_a_gap_that_is_open_knows_how_many_prompts_would_tell(make_scores):
    steady, wild = PROMPTS + 0.5, PROMPTS + np.array([0.9, -0.5, 0.8, -0.3, 0.7, 0.2])[:, None]
    (one,) = headlines(make_scores({"base": PROMPTS, "dno": wild, "dps": steady - 0.4}))
    assert (one.leader.method, one.leader.own.resolved, one.leader.own.seen) == ("dno", False, 6)
    assert 6 < one.leader.own.needed < 100


def test_the_strongest_claims_come_first(make_scores):
    """A lead that is told apart and stays, one that leaves, and one that is open."""
    prompts, wild = np.arange(8)[:, None] * 0.1, np.array([0.5, -0.3, 0.4, -0.2, 0.3, -0.3, 0.2, -0.2])[:, None]
    rewards = {"base": prompts, "best-of-n": prompts + 0.2}
    tasks = {"a-open": 0.2 + wild, "b-far": 0.6, "c-near": 0.6}
    rows = [
        with_distance(make_scores({**rewards, "dno": prompts + more}), {"dno": distance}).assign(reward=name)
        for (name, more), distance in zip(tasks.items(), (0.07, 0.9, 0.07), strict=True)
    ]
    found = headlines(pd.concat(rows))
    assert [one.task[1] for one in found] == ["c-near", "b-far", "a-open"]
    assert {one.leader.method for one in found} == {"dno"}


def test_of_few_samples_of_the_model_nobody_knows_what_it_makes(make_scores):
    four = PROMPTS[:4]
    scores = make_scores({"base": four, "best-of-n": four + 0.2, "dno": four + 0.5})
    (one,) = headlines(with_distance(scores, {"best-of-n": 0.07, "dno": 0.9}))
    assert (one.leader.method, one.leader.leaves, one.stayer) == ("dno", False, None)
    assert np.isnan(one.leader.distance)
