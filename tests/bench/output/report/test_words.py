"""Sentences against numbers worked out by hand; a claim needs the interval and the test."""

import numpy as np
import pandas as pd
import pytest

from bench.output.report.words import reading, summary
from tests.bench.analysis.conftest import make_scores

__all__ = ["make_scores"]
PROMPTS = 10


def sentences(scores):
    (paragraph,) = summary(scores)
    assert paragraph.title == "darkness on m"
    return paragraph.sentences


@pytest.fixture
def ten(make_scores):
    """best-of-n at 1; `up` 0.25 above it and `down` 0.5 below on all ten prompts, `same` as often above as below."""
    best = np.ones((PROMPTS, 2))
    flips = np.where(np.arange(PROMPTS) % 2, 0.125, -0.125)[:, None]
    return make_scores({"best-of-n": best, "up": best + 0.25, "down": best - 0.5, "same": best + flips})


def test_claims_are_made_where_interval_and_test_agree(ten):
    # 2 / 2^10 = 0.00195 a sign-flip test; Holm multiplies the smallest of three by 3.
    said = sentences(ten)
    assert said[0] == (
        "better",
        "up beats best-of-n by 0.250 [0.250, 0.250] at 10 s; paired p = 0.002 (Holm: 0.0059), 10 prompts x 2 seeds.",
    )
    assert said[2][0] == "worse"
    assert said[2][1].startswith("down is behind best-of-n by 0.500 [0.500, 0.500] at 10 s;")
    assert said[1][0] == "open"
    assert "[-0.075, 0.075]" in said[1][1]
    assert said[1][1].startswith(
        "same is not distinguishable from best-of-n at 10 s: difference 0.000 [-0.075, 0.075];"
    )


def test_a_large_difference_on_few_prompts_is_no_claim(make_scores):
    scores = make_scores({"best-of-n": [[0.0], [0.0], [0.0]], "up": [[5.0], [6.0], [7.0]]})
    assert [verdict for verdict, _ in sentences(scores)] == ["open"]
    assert any("With 3 prompts no p below 0.25 is possible" in note for note in reading(scores))


def test_base_is_the_reference_where_there_is_no_best_of_n(make_scores):
    scores = make_scores({"base": [[0.0]] * PROMPTS, "up": [[1.0]] * PROMPTS})
    assert sentences(scores)[0][1].startswith("up beats base by")


def test_a_method_with_a_missing_cell_is_not_compared(ten):
    cut = ten[~((ten["method"] == "up") & (ten["prompt"] == "p3") & (ten["seed"] == 1))]
    said = [text for _, text in sentences(cut) if text.startswith("up")]
    assert said == [
        "up cannot be compared with best-of-n at 10 s: a cell has no score.",
        "up: 1 of 20 cells have not run yet.",
    ]


def test_failures_are_named_with_what_they_count_as(make_scores):
    scores = make_scores({"base": [[0.0], [0.0]], "up": [[1.0], [np.nan]]})
    assert ("failed", "up: 1 of 2 cells failed, and count as base on the same prompt and seed.") in sentences(scores)


def test_one_family_of_tests_over_all_tasks(ten):
    both = pd.concat([ten, ten.assign(reward="other")])
    (first, _) = summary(both)
    assert "(Holm: 0.012)" in first.sentences[0][1]
