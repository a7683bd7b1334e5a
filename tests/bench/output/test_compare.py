"""`dno-bench compare`, in processes of its own where the exit status counts."""

import json

import pytest

from bench.errors import InputError
from bench.output.compare import compare_outcomes, setting_differences
from bench.store.plugins import PLUGINS
from tests.bench.test_cli import dno_bench
from tests.support.plugins import HERE
from tests.support.runs import edit_plugin, make_run


def test_different_devices_on_seconds_are_refused_in_one_line_that_offers_evaluations(tmp_path):
    make_run(tmp_path / "a")
    make_run(tmp_path / "b", device="A100", pace=2)
    refused = dno_bench("compare", "a", "b", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "a: H100, torch 2.13.0; b: A100, torch 2.13.0" in refused.stderr
    assert "--axis evaluations" in refused.stderr
    assert not refused.stdout

    allowed = dno_bench("compare", "a", "b", "--axis", "evaluations", cwd=tmp_path)
    assert allowed.returncode == 0, allowed.stderr
    assert "devices[0].name" in allowed.stdout
    assert "50 evaluations" in allowed.stdout


def test_one_cell_that_ran_elsewhere_is_enough_to_refuse_seconds(tmp_path):
    make_run(tmp_path / "a")
    make_run(tmp_path / "b")
    moved = min((tmp_path / "b").glob("cells/*/done.json"))
    moved.write_text(json.dumps({**json.loads(moved.read_text()), "device_name": "A100"}))
    refused = dno_bench("compare", "a", "b", cwd=tmp_path)
    assert refused.returncode == 2
    assert "b: A100, torch 2.13.0 and H100, torch 2.13.0" in refused.stderr
    for command in (("table", "b"), ("plot", "b"), ("report", "b")):
        assert dno_bench(*command, cwd=tmp_path).stderr.startswith("error: seconds of different devices")
    assert dno_bench("compare", "a", "b", "--axis", "evaluations", cwd=tmp_path).returncode == 0


def test_an_unknown_axis_is_refused(tmp_path):
    make_run(tmp_path / "a")
    make_run(tmp_path / "b")
    refused = dno_bench("compare", "a", "b", "--axis", "evaluation", cwd=tmp_path)
    assert refused.returncode == 2
    assert "did you mean 'evaluations'" in refused.stderr


def test_equal_runs_differ_in_nothing(tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    assert setting_differences(*runs) == []
    assert (compare_outcomes(*runs)["difference"] == 0).all()


def test_what_differs_is_named_by_its_path(tmp_path):
    first = make_run(tmp_path / "a", methods={"base": {}, "best-of-n": {"batch_size": 2}})
    second = make_run(tmp_path / "b", methods={"base": {}, "best-of-n": {}}, device="A100")
    assert setting_differences(first, second) == [
        ("method best-of-n.options.batch_size", "2", "auto"),
        ("devices[0].name", "H100", "A100"),
    ]


def test_what_changes_no_reward_of_a_cell_of_both_is_not_shown(tmp_path):
    first = make_run(tmp_path / "a")
    methods = {"base": {}, "best-of-n": {}, "eight": {"use": "best-of-n", "batch_size": 8}}
    other = {"name": "other", "description": "longer", "metrics": [f"{HERE}@first-pixel"]}
    second = make_run(tmp_path / "b", prompts=("dog", "cat", "duck"), seeds=(1,), methods=methods, **other)
    assert setting_differences(first, second) == []


def test_where_a_file_of_an_option_lay_is_no_setting(tmp_path):
    runs = [make_run(tmp_path / name) for name in "ab"]
    for run in runs:
        lines = [json.loads(line) for line in (run / PLUGINS).read_text().splitlines()]
        changed = [{**one, "options": {"of": f"{run}/mine.py@half"}} for one in lines]
        (run / PLUGINS).write_text("".join(f"{json.dumps(one)}\n" for one in changed))
    assert setting_differences(*runs) == []


def test_budgets_and_a_withheld_gradient_are_settings(tmp_path):
    first = make_run(tmp_path / "a")
    second = make_run(tmp_path / "b", budget="20s", rewards={f"{HERE}@mean": {"black_box": True}})
    assert setting_differences(first, second) == [
        ("reward mean.options.black_box", "False", "True"),
        ("budgets", "10s", "20s"),
    ]


def test_the_result_comes_first_then_what_differs(tmp_path):
    make_run(tmp_path / "a")
    make_run(tmp_path / "b", pace=2.5, device="H100")
    shown = dno_bench("compare", "a", "b", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("b is behind a with ")
    assert shown.stdout.index("b minus a") < shown.stdout.index("have the same options, budgets, code")


def test_an_edited_plug_in_is_another_setting(tmp_path):
    first, second = make_run(tmp_path / "a"), make_run(tmp_path / "b")
    digest = edit_plugin(second, "best-of-n")
    assert setting_differences(first, second) == [("method best-of-n.sha256", digest, "edited")]


def test_a_slower_run_is_behind_in_seconds_and_equal_in_evaluations(tmp_path):
    first, second = make_run(tmp_path / "a"), make_run(tmp_path / "b", pace=2.5)
    in_seconds = compare_outcomes(first, second)
    assert set(in_seconds["budget_unit"]) == {"seconds"}
    assert (in_seconds["difference"] < 0).all()
    assert (compare_outcomes(first, second, "denoiser_evals")["difference"] == 0).all()


def test_runs_without_a_common_cell_and_one_run_twice_are_refused(tmp_path):
    first, second = make_run(tmp_path / "a"), make_run(tmp_path / "b", seeds=(7,))
    with pytest.raises(InputError, match="share no cell"):
        compare_outcomes(first, second)
    with pytest.raises(InputError, match="are one run"):
        compare_outcomes(first, first)
