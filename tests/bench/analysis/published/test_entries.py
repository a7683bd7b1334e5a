"""Published numbers as data: all that is shipped is valid, and what is wrong in a file is named with its line."""

import re

import pytest

from bench.analysis.published.entries import all_published, find_published, load_published, published_folder
from bench.errors import InputError
from bench.registry import MODELS, REWARDS

GOOD = """\
source:
  title: A paper
  paper: https://arxiv.org/abs/0000.00000
entries:
  - id: some-numbers
    title: what it is
    where: Table 1
    checked: secondary
    read_in: a review
    setting: {model: toy}
    n: one run
    curves:
      - quantity: reward
        unit: score
        axis: step
        steps: [0, 10]
        values: [0.5, 0.7]
        tolerance: {absolute: 0.1}
    tolerance_why: a choice
    missing: the model
"""


def write(tmp_path, text=GOOD):
    path = tmp_path / "numbers.yaml"
    path.write_text(text)
    return path


def test_everything_shipped_is_valid_and_the_official_runs_are_there():
    entries = all_published()
    assert {"dno-official-black", "dno-official-jpeg", "dno-tutorial"} <= set(entries)
    assert {name for name, one in entries.items() if one.suite} >= {"dno-tutorial", "dno-official-black"}
    black = entries["dno-official-black"].entry.curves[0]
    assert (black.steps[0], black.values[0], black.steps[-1], black.values[-1]) == (0, 0.0575, 11, 0.6201)


def test_each_file_has_its_gaps_named_or_its_source_linked():
    readme = (published_folder() / "README.md").read_text()
    for name in re.findall(r"`([a-z0-9-]+\.yaml)`", readme):
        assert (published_folder() / name).is_file() or name == "my.yaml"
    for one in all_published().values():
        assert one.source.paper


def test_what_is_said_to_be_missing_is_not_here():
    here = [*MODELS.names(), *REWARDS.names(), "Stable Diffusion v1.5", "SD1.5"]
    named = re.compile(rf"\b({'|'.join(map(re.escape, here))})(?![\w.-])", re.IGNORECASE)
    assert {
        name: one.entry.missing for name, one in all_published().items() if named.search(one.entry.missing or "")
    } == {}


def test_an_entry_of_ones_own_is_found_by_path(tmp_path):
    path = write(tmp_path)
    assert find_published(f"{path}@some-numbers").entry.curves[0].values == [0.5, 0.7]
    with pytest.raises(InputError, match="unknown published entry 'some-number'; did you mean 'some-numbers'"):
        find_published(f"{path}@some-number")
    with pytest.raises(InputError, match="unknown published entry 'dno-tutoral'; did you mean 'dno-tutorial'"):
        find_published("dno-tutoral")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("checked: secondary", "checked: maybe", 8, "Input should be 'primary' or 'secondary'"),
        ("    read_in: a review\n", "", 5, "checked: secondary needs read_in"),
        ("values: [0.5, 0.7]", "values: [0.5]", 13, "values must be as many as steps, 2, got 1"),
        ("steps: [0, 10]", "steps: [10, 0]", 13, "steps must ascend"),
        ("absolute: 0.1", "absolute: -1", 18, "greater than or equal to 0"),
        ("    missing: the model\n", "", 5, "either a suite that runs it or `missing`"),
        ("missing: the model", "suite: demo", 5, "a suite needs `ours` in every curve"),
        ("values: [0.5, 0.7]", "values: [0.5, 0.7]\n        truth: [1]", 13, "truth must be as many as steps"),
        ("values: [0.5, 0.7]", "values: [0.5, 0.7]\n        truth: [1, 1]", 5, "truth needs truth_why"),
        ("missing: the", "truth_why: x\n    missing: the", 5, "truth_why needs a truth"),
        ("tolerance: {", "truth: [1, 1]\n        gain_tolerance: {absolute: 1}\n        tolerance: {", 13, "no truth"),
        ("id: some-numbers", "id: Some Numbers", 5, "String should match pattern"),
        ("unit: score", "units: score", 14, "Extra inputs are not permitted|Field required"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, line, message):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        load_published(path)
    assert f"{path}:{line}: " in str(caught.value)


def test_two_entries_of_one_id_are_refused(tmp_path):
    entry = GOOD[GOOD.index("  - id") :]
    with pytest.raises(InputError, match="two entries have the same id"):
        load_published(write(tmp_path, GOOD + entry))
