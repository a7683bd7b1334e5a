"""Sentences against numbers worked out by hand; a claim needs the interval and the test."""

import numpy as np
import pandas as pd
import pytest

from bench.output.report.words import reading, summary
from tests.bench.analysis.conftest import make_scores
from tests.bench.output.tables.evidence import main_of

__all__ = ["make_scores"]
PROMPTS = 10


def sentences(scores):
    (paragraph,) = summary(scores)
    assert paragraph.title == "darkness on m"
    return paragraph.sentences


@pytest.fixture
def ten(make_scores):
    """best-of-n at 1; `up` about 0.25 above it and `down` 0.5 below on ten prompts, `same` as often above as below."""
    best = np.ones((PROMPTS, 2))
    flips = np.where(np.arange(PROMPTS) % 2, 0.125, -0.125)[:, None]
    return make_scores(
        {"best-of-n": best, "up": best + 0.25 + flips, "down": best - 0.5 + flips / 2, "same": best + flips}
    )


def test_claims_are_made_where_interval_and_test_agree(ten):
    # A standard error of 0.125 / 3: t = 6 with 9 degrees of freedom, p = 0.0002; three of six pairs are surer.
    said = sentences(ten)
    assert said[0] == (
        "better",
        "up beats best-of-n by 0.250 [0.156, 0.344] at 10 s; paired p = 0.0002 (Holm: 0.0004), 10 prompts x 2 seeds.",
    )
    assert said[2][0] == "worse"
    assert said[2][1].startswith("down is behind best-of-n by 0.500 [0.453, 0.547] at 10 s;")
    assert said[1][0] == "open"
    assert said[1][1].startswith(
        "same minus best-of-n is 0.000 [-0.094, 0.094] at 10 s, not resolved: more than 1000 prompts would be needed "
        "to tell, here 10; paired p = 1 "
    )


def test_a_large_difference_on_few_prompts_is_a_claim_only_if_it_is_steady(make_scores):
    wild = make_scores({"best-of-n": [[0.0], [0.0], [0.0]], "up": [[1.0], [9.0], [5.0]]})
    ((verdict, said),) = sentences(wild)
    assert verdict == "open"
    # A standard deviation of 4: with five prompts t would be 2.80, where 2.78 is called for.
    assert said.startswith(
        "up minus best-of-n is 5.0 [-4.9, 14.9] at 10 s, not resolved: about 5 prompts would be needed to tell, "
        "here 3; paired p = "
    )
    steady = make_scores({"best-of-n": [[0.0], [0.0], [0.0]], "up": [[5.0], [5.1], [4.9]]})
    assert [verdict for verdict, _ in sentences(steady)] == ["better"]


def test_one_prompt_is_never_a_claim(make_scores):
    scores = make_scores({"best-of-n": [[0.0]], "up": [[5.0]]})
    said = "up minus best-of-n is 5 at 10 s, not resolved: one prompt cannot tell."
    assert sentences(scores) == [("open", said)]
    assert any(note.startswith("With one prompt nothing can be told apart") for note in reading(scores))


def test_base_is_the_reference_where_there_is_no_best_of_n(make_scores):
    scores = make_scores({"base": [[0.0]] * PROMPTS, "up": [[1.0]] * PROMPTS})
    assert sentences(scores)[0][1].startswith("up beats base by")


def test_a_method_with_a_missing_cell_is_not_compared(ten):
    left = (ten["method"] == "up") & (ten["prompt"] == "p3") & (ten["seed"] == 1)
    cut = ten.assign(status=ten["status"].mask(left, "missing"), best_reward=ten["best_reward"].mask(left))
    said = [text for _, text in sentences(cut) if text.startswith("up")]
    assert said == [
        "up cannot be compared with best-of-n at 10 s: a cell has no score.",
        "up: 1 of 20 cells have not run yet.",
    ]


def test_failures_are_named_with_what_they_count_as(make_scores):
    scores = make_scores({"base": [[0.0], [0.0]], "up": [[1.0], [np.nan]]})
    assert ("failed", "up: 1 of 2 cells failed, and count as base on the same prompt and seed.") in sentences(scores)


def test_what_the_page_says_is_what_stands_in_bold_and_leads(ten):
    """The one rule: sentences, bold and leaders of the same scores agree."""
    verdicts = {text.split()[0]: kind for kind, text in sentences(ten)}
    rewards, *_ = main_of(ten)
    assert [row.keys[0] for row in rewards.rows if row.cells[0].best] == ["up"]
    assert verdicts == {"up": "better", "same": "open", "down": "worse"}
    assert rewards.notes == ["At 10 s up leads best-of-n by 0.250 [0.156, 0.344]: resolved."]


def test_two_budgets_on_one_reward_are_two_paragraphs(ten):
    both = pd.concat([ten, ten.assign(task_budget="500nfe", budget_unit="denoiser_evals", budget=500.0)])
    assert [one.title for one in summary(both)] == ["darkness on m within 10s", "darkness on m within 500nfe"]


def test_unscored_cells_count_as_base_only_where_the_method_has_a_mean(make_scores):
    nan = np.nan
    scores = make_scores({"base": [[0.0], [0.0], [nan]], "none": [[nan]] * 3, "up": [[1.0], [1.0], [nan]]})
    said = [text for kind, text in sentences(scores) if kind == "failed"]
    assert said == ["base: 1 of 3 cells failed.", "none: 3 of 3 cells failed.", "up: 1 of 3 cells failed."]


def test_a_share_of_hacked_cells_without_an_interval_stands_alone(make_scores):
    scores = make_scores({"base": [[0.0], [0.0]], "up": [[1.0], [1.0]]})
    (said,) = (text for kind, text in sentences(scores) if kind == "hacking")
    assert "every held-out reward fell: up 100 %. " in said
