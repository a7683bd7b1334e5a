"""`dno-bench reproduce`: ours beside published, in processes of its own, exit codes and all."""

import pandas as pd
import pytest

from bench.output.tables.text import UNKNOWN
from tests.bench.analysis.published.test_entries import GOOD
from tests.bench.test_cli import dno_bench
from tests.support.plugins import HERE

SUITE = f"""
name: tiny
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: [best-of-n]
seeds: [0, 1]
budget: 12rewards
"""
OURS = "suite: tiny.yaml\n    differences: [another noise]\n"


def entry(values, tolerance=0.1, column="mean_reward", method="best-of-n"):
    """best-of-n scores 4 samples a yield whose rewards, pixel means, are near 0: yields 0, 1, 2."""
    text = GOOD.replace("steps: [0, 10]", "steps: [0, 2]").replace("[0.5, 0.7]", str(values))
    text = text.replace(
        "absolute: 0.1}",
        f"absolute: {tolerance}}}\n        ours: {{model: gaussian, steps: 5, reward: mean, method: {method}, "
        f"budget: 12rewards, logged: {column}}}",
    )
    return text.replace("missing: the model\n", OURS)


@pytest.fixture
def home(tmp_path):
    (tmp_path / "tiny.yaml").write_text(SUITE)
    return tmp_path


def reproduce(home, text, *more):
    (home / "numbers.yaml").write_text(text)
    return dno_bench("reproduce", "numbers.yaml@some-numbers", "--wandb", "off", *more, cwd=home)


def test_match_then_differs_from_the_same_run(home):
    matching = reproduce(home, entry([0.0, 0.0], tolerance=1.0))
    assert matching.returncode == 0, matching.stderr
    assert "best-of-n, reward: match (2 of 2 values match)" in matching.stdout
    assert "Different setting" not in matching.stdout
    both = pd.read_csv(home / "results/runs/tiny/reproduce.csv")
    assert both["verdict"].tolist() == ["match", "match"]
    curves = pd.read_csv(home / "results/runs/tiny/curves.csv")
    assert both["ours"].tolist() == pytest.approx(curves.groupby("step")["mean_reward"].mean()[[0, 2]].tolist())

    differing = reproduce(home, entry([0.0, 9.0]))
    assert differing.returncode == 1
    assert "2 of 2 cells are done already" in differing.stdout
    assert "best-of-n, reward: differs" in differing.stdout
    assert "Different setting: another noise" in differing.stdout


def test_the_truth_stands_beside_ours_and_what_was_not_printed_decides_nothing(home):
    text = entry("[null, 0.0]", tolerance=1.0)
    text = text.replace("        tolerance", "        truth: [0.25, 0.5]\n        tolerance", 1)
    text = text.replace("    tolerance_why", "    truth_why: a closed form\n    tolerance_why")
    found = reproduce(home, text)
    assert found.returncode == 0, found.stderr
    words = [line.split() for line in found.stdout.splitlines()]
    (header,) = (line for line in words if line[:2] == ["method", "quantity"])
    (first,) = (line for line in words if line[:3] == ["best-of-n", "reward", "0"])
    assert header[3:6] == ["published", "ours", "truth"]
    assert (first[3], first[5], first[-1]) == (UNKNOWN, "0.2500", UNKNOWN)
    assert "best-of-n, reward: match (1 of 1 values match)" in found.stdout
    assert "Truth: a closed form" in found.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD, "'some-numbers' cannot be reproduced here; missing: the model"),
        (
            entry([0, 0], method="dno"),
            "some-numbers: suite 'tiny' has no cell of method 'dno' for 'mean' on 'gaussian' within 12rewards",
        ),
        (entry([0, 0]).replace("tiny.yaml", "nowhere.yaml"), "nowhere.yaml: No such file"),
    ],
)
def test_what_cannot_run_is_said_in_one_line(home, text, message):
    refused = reproduce(home, text)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (home / "results").exists()


def test_an_unknown_column_is_said_before_the_run_is_lost(home):
    refused = reproduce(home, entry([0, 0], column="mean_rewrd"))
    assert refused.returncode == 2
    assert "unknown column of curves.csv 'mean_rewrd'; did you mean 'mean_reward'" in refused.stderr
    assert (home / "results/runs/tiny/scores.csv").exists()


def test_an_official_run_says_which_weights_are_missing(home):
    refused = dno_bench("reproduce", "dno-official-black", cwd=home)
    assert refused.returncode == 2
    assert (
        "not on this machine: 'stable-diffusion-v1-5/stable-diffusion-v1-5'; `dno-bench fetch sd15` gets it"
        in refused.stderr
    )


def test_list_and_show(home):
    listed = dno_bench("list", "published", cwd=home).stdout
    assert "dno-tutorial" in listed
    shown = dno_bench("show", "published", "dno-tutorial", cwd=home).stdout
    assert "0: 0.3251" in shown
    assert "suite: dno-tutorial" in shown
