import numpy as np
import pandas as pd

from bench.analysis.headlines import Claim, Gap, Headline
from bench.output import headlines
from bench.output.headlines import headline_sentences, speed_lines
from tests.bench.output.tables.evidence import score_rows

NAMES = {("emoji", "darkness", "9s"): "darkness on emoji"}
NAN = float("nan")
OWN, RIVAL = Gap(0.14, 0.10, 0.18, True, NAN, 10), Gap(0.05, -0.01, 0.11, False, 34.0, 10)
DNO = Claim("dno", 0.934, OWN, RIVAL, 0.08, False)


def sentence(leader, stayer=None):
    return headlines._sentence(Headline(("emoji", "darkness", "9s"), 9.0, "seconds", leader, stayer, 0.07), NAMES)


def test_a_leader_in_distribution():
    assert sentence(DNO) == (
        "darkness on emoji, 9 s: dno has the most reward, 0.934; +0.140 [0.100, 0.180] above the model's own samples; "
        "+0.050 [-0.010, 0.110] above best-of-n (about 34 prompts would be needed to tell, here 10). "
        "It stays in distribution (support distance 0.08, the model's own 0.07)."
    )


def test_a_leader_that_left_and_who_leads_of_those_that_stay():
    stayer = Claim("best-of-n", 0.2, Gap(0.1, 0.05, 0.15, True, NAN, 10), None, 0.07, False)
    assert sentence(DNO._replace(leaves=True, distance=0.4), stayer).endswith(
        ". It leaves the distribution (support distance 0.40, the model's own 0.07). Of the methods that stay in it, "
        "best-of-n has the most reward, 0.200; +0.100 [0.050, 0.150] above the model's own samples."
    )


def test_a_leader_that_left_where_nobody_stays():
    assert sentence(DNO._replace(leaves=True, distance=0.4)).endswith("own 0.07). No method but base stays in it.")


def test_where_nobody_looked_nothing_is_said_of_the_distribution():
    assert sentence(DNO._replace(distance=NAN, own=None, rival=None)) == (
        "darkness on emoji, 9 s: dno has the most reward, 0.934."
    )


def test_one_prompt_has_no_interval_but_digits():
    gap = Gap(0.2, float("nan"), float("nan"), False, float("nan"), 1)
    assert "; +0.200 above the model's own samples (one prompt cannot tell)." in sentence(
        DNO._replace(own=gap, rival=None)
    )


def test_each_task_has_its_sentence():
    rows = [
        score_rows({"base": [[[0.0, 0.0]]], "dno": [[[1.0, 2.0]]]}, reward=name) for name in ("darkness", "lightness")
    ]
    assert [text.split(":")[0] for text in headline_sentences(pd.concat(rows))] == [
        "darkness on emoji, 15 s",
        "lightness on emoji, 15 s",
    ]


def test_how_fast_the_machine_was_is_said_of_each_model():
    cells = pd.DataFrame({
        "run": "r", "cell": ["a", "a", "b", "c", "d", "e"], "model": ["emoji"] * 4 + ["ring", "sd15"],
        "step_seconds": [0.01, 0.01, 0.02, 0.04, 0.001, np.nan],
    })  # fmt: skip
    assert list(speed_lines(cells)) == [
        "speed   50 predictions of emoji a second, one image at a time",
        "speed   1000 predictions of ring a second, one image at a time",
    ]
