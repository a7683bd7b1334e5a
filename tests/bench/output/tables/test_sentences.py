import numpy as np

from bench.analysis.leaders import leaders
from bench.analysis.paired import versus_best
from bench.analysis.scores import summarise
from bench.output.tables.sentences import leader_sentences, needed_words, unranked_sentences


def test_a_lead_that_is_not_resolved_is_called_so_with_what_it_lacks(make_scores):
    scores = make_scores({"a": [[[0.0]], [[0.0]]], "b": [[[-1.0]], [[2.0]]]})
    said = "At 5 s b leads a by 0.5 [-18.6, 19.6]: not resolved, about 72 prompts would be needed to tell, here 2."
    assert leader_sentences(leaders(versus_best(scores))) == [said]


def test_one_prompt_gives_no_interval(make_scores):
    scores = make_scores({"a": [[[0.0]]], "b": [[[0.21]]]})
    expected = ["At 5 s b leads a by 0.210: not resolved, one prompt cannot tell."]
    assert leader_sentences(leaders(versus_best(scores))) == expected


def test_where_two_have_the_same_nobody_leads(make_scores):
    scores = make_scores({"a": [[[1.0]], [[2.0]]], "b": [[[1.0]], [[2.0]]]})
    expected = ["At 5 s nobody leads: a and b have the same reward."]
    assert leader_sentences(leaders(versus_best(scores))) == expected


def test_who_is_not_ranked_is_named(make_scores):
    gap = np.nan
    scores = make_scores({"a": [[[0.0, gap]]], "b": [[[1.0, gap]]], "c": [[[gap, 1.0]]]})
    assert unranked_sentences(summarise(scores)) == [
        "At 5 s not ranked, for want of scores: c.",
        "At 15 s not ranked, for want of scores: a, b.",
    ]


def test_what_no_run_could_show_is_said_to_be_so():
    assert needed_words(np.inf, 10) == "more than 1000 prompts would be needed to tell, here 10"
    assert needed_words(np.inf, 1500) == "more than 1500 prompts would be needed to tell, here 1500"
