"""`reward: {name: weight}` in a suite file: one weighted sum among `rewards`."""

import pytest

from bench.errors import InputError
from bench.suite.suite import load_suite
from tests.support.plugins import HERE

TOP = "name: sums\nprompts: [cat]\nseeds: [0]\nbudget: 60nfe\n"


def cells(tmp_path, *lines):
    path = tmp_path / "suite.yaml"
    path.write_text(TOP + "\n".join(lines))
    return load_suite(str(path)).cells()


@pytest.mark.parametrize(
    ("weights", "label", "folder"),
    [
        ("{brightness: 0.5, contrast: 2}", "0.5 brightness + 2 contrast", "0.5-brightness-2-contrast"),
        ("{brightness: 1, contrast: -0.05}", "1 brightness - 0.05 contrast", "1-brightness---0.05-contrast"),
        ("{brightness: {weight: 1.0e-3}}", "0.001 brightness", "0.001-brightness"),
        (f"{{'{HERE}@mean': 2}}", "2 mean", "2-mean"),
    ],
)
def test_a_sum_is_one_reward_with_a_readable_label(tmp_path, weights, label, folder):
    (cell,) = cells(tmp_path, f"reward: {weights}", "methods: [dno]")
    assert (cell.reward, cell.reward_options["use"], cell.black_box) == (label, "sum", False)
    assert cell.id.startswith(f"{folder}_cat_s0_dno_")


def test_an_experiment_overrides_what_stands_above_it(tmp_path):
    lines = ["methods: [base]", "rewards: [darkness]", "experiments:", "- {seeds: [1]}", "- {reward: {brightness: 2}}"]
    assert [cell.reward for cell in cells(tmp_path, *lines)] == ["darkness", "2 brightness"]
    lines[1], lines[4] = "reward: {brightness: 2}", "- {rewards: [darkness]}"
    assert [cell.reward for cell in cells(tmp_path, *lines)] == ["2 brightness", "darkness"]


def test_a_gradient_method_is_refused_with_the_part_that_has_none(tmp_path):
    weights = "reward: {brightness: 1, jpeg-compressibility: 0.1, emoji-alignment: 1}"
    (cell,) = cells(tmp_path, weights, "methods: [base]")
    assert cell.black_box
    with pytest.raises(InputError, match=r"'dno' needs .* gives none because of 'jpeg-compressibility'; .*best-of-n"):
        cells(tmp_path, weights, "methods: [dno]")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("reward: brightness", "reward: names to weights"),
        ("reward: {}", "reward: names to weights"),
        ("reward: {brightness: 1}\nrewards: [darkness]", "either `reward`.* or `rewards`, not both"),
        ("reward: {brightnes: 1}", "did you mean 'brightness'"),
        ("reward: {brightness: .nan}", "not a number that can be used"),
    ],
)
def test_bad_sums_say_what_is_wrong(tmp_path, line, why):
    with pytest.raises(InputError, match=why):
        cells(tmp_path, line, "methods: [base]")
