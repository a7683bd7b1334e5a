"""Ours beside published numbers: known answers of the verdict rule (statistics D7) and of what "ours" is."""

import math

import pandas as pd
import pytest

from bench.analysis.published.compare import compare_curves, judge, of_setting
from bench.errors import InputError

CURVES = pd.DataFrame(
    [("a", 0, 1.0), ("a", 1, 3.0), ("b", 0, 2.0), ("b", 1, 6.0), ("c", 0, 10.0), ("c", 1, 10.5)],
    columns=["cell", "step", "mean_reward"],
)
SETTING = {"model": "m", "reward": "r", "task_budget": "9s", "method": "dno"}
SCORES = pd.DataFrame({**SETTING, "cell": ["a", "a", "b", "c"], "prompt": ["x", "x", "x", "y"]})


def published(**changes):
    row = {**SETTING, "steps": math.nan, "logged": "mean_reward", "factor": 1, "step": 1, "since": math.nan}
    return pd.DataFrame([{**row, "published": 5.0, "published_se": math.nan, "tolerance": 1.0, **changes}])


def compare(rows, curves, scores):
    return compare_curves(rows, curves, scores, {})


def test_ours_is_the_mean_over_cells_and_its_error_that_over_prompts():
    found = compare(published(), CURVES, SCORES).iloc[0]
    # Prompts have means 4.5 and 10.5: their standard deviation is 6 / sqrt 2, the error of the mean half of 6.
    assert (found["ours"], found["ours_se"], found["cells"]) == (7.5, pytest.approx(3.0), 3)
    assert (found["difference"], found["allowed"], found["verdict"]) == (
        2.5,
        pytest.approx(12.706 * 3, abs=1e-2),
        "match",
    )


def test_with_one_prompt_the_error_is_that_over_seeds():
    found = compare(published(), CURVES, SCORES[SCORES["prompt"] == "x"]).iloc[0]
    assert (found["ours"], found["ours_se"]) == (4.5, pytest.approx(1.5))


def test_a_loss_is_minus_a_reward_and_a_gain_is_since_its_step():
    only = SCORES[SCORES["cell"] == "a"]
    loss = compare(published(factor=-1, published=-3.5), CURVES, only).iloc[0]
    assert (loss["ours"], loss["difference"], loss["verdict"]) == (-3.0, 0.5, "match")
    gain = compare(published(since=0, published=2.0, tolerance=0), CURVES, only).iloc[0]
    assert (gain["ours"], gain["verdict"]) == (2.0, "match")
    assert math.isnan(gain["ours_se"])


def test_a_cell_that_failed_or_ended_early_leaves_the_value_open():
    failed = pd.concat([SCORES, pd.DataFrame({**SETTING, "cell": ["d"], "prompt": ["y"]})])
    assert compare(published(), CURVES, failed)["verdict"].tolist() == ["missing"]
    assert compare(published(step=2), CURVES, SCORES)["verdict"].tolist() == ["missing"]


def test_ours_has_no_verdict_where_nothing_was_printed_but_may_be_missing():
    assert compare(published(published=math.nan), CURVES, SCORES)["verdict"].tolist() == [""]
    assert compare(published(published=math.nan, step=2), CURVES, SCORES)["verdict"].tolist() == ["missing"]


def test_an_unknown_column_is_named():
    with pytest.raises(InputError, match=r"unknown column of curves\.csv 'mean_rewrd'; did you mean 'mean_reward'"):
        compare(published(logged="mean_rewrd"), CURVES, SCORES)


@pytest.mark.parametrize(
    ("ours", "ours_se", "published_se", "tolerance", "verdict"),
    [
        (0.30, math.nan, math.nan, 0.3, "match"),  # exactly at the bound, in floating point too
        (0.31, math.nan, math.nan, 0.3, "differs"),
        (-0.31, math.nan, math.nan, 0.3, "differs"),
        (0.97, 0.3, 0.4, 0.3, "match"),  # 1.96 sqrt(0.09 + 0.16) = 0.98
        (0.99, 0.3, 0.4, 0.3, "differs"),
        (0.70, 0.3, math.nan, 0.3, "differs"),  # an unknown error counts as 0: 1.96 times 0.3 is 0.588
        (math.nan, math.nan, math.nan, 9.0, "missing"),
    ],
)
def test_the_verdict_rule(ours, ours_se, published_se, tolerance, verdict):
    row = {
        "ours": ours,
        "ours_se": ours_se,
        "units": 10**6,
        "published": 0.0,
        "published_se": published_se,
        "tolerance": tolerance,
    }
    assert judge(pd.DataFrame([row]))["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(("units", "reach"), [(2, 12.706), (3, 4.303), (10, 2.262)])
def test_few_units_reach_further(units, reach):
    row = {"ours": 1.0, "ours_se": 0.1, "units": units, "published": 0.0, "published_se": math.nan, "tolerance": 0.0}
    assert judge(pd.DataFrame([row]))["allowed"].tolist() == pytest.approx([0.1 * reach], abs=1e-4)


@pytest.mark.parametrize(("key", "value"), [("model", "n"), ("reward", "q"), ("method", "base"), ("task_budget", "5s")])
def test_another_setting_is_never_averaged_in(key, value):
    """Neither another reward, 100 and 2 "51, match", nor another model, budget or method."""
    other = SCORES.assign(**{key: value, "cell": SCORES["cell"] + "2"})
    curves = pd.concat([CURVES, CURVES.assign(cell=CURVES["cell"] + "2", mean_reward=100.0)])
    found = compare(published(), curves, pd.concat([SCORES, other])).iloc[0]
    assert (found["ours"], found["cells"]) == (7.5, 3)
    assert of_setting(published(), pd.concat([SCORES, other]), {}).shape == published().shape
    assert of_setting(published(), other, {}).empty


def test_another_number_of_sampling_steps_is_another_setting():
    assert of_setting(published(steps=50), SCORES, {"m": 100}).empty
    assert compare_curves(published(steps=50), CURVES, SCORES, {"m": 50})["ours"].tolist() == [7.5]
