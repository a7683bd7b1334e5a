"""What notebooks use: `bench.run_suite` runs what the command runs, `bench.load` opens it."""

import pytest
import yaml
from pandas.testing import assert_frame_equal

import bench
from bench.errors import InputError
from tests.support.cli import dno_bench
from tests.support.plugins import HERE

SUITE = {
    "name": "small",
    "models": [f"{HERE}@gaussian"],
    "prompts": ["cat"],
    "experiments": [
        {"rewards": [f"{HERE}@mean"], "methods": ["base", "best-of-n"], "seeds": [0, 1], "budget": "40nfe"}
    ],
}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "disabled")


def test_a_suite_of_a_dict_runs_as_that_of_a_file_does(tmp_path):
    run = bench.run_suite(SUITE)
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SUITE))
    command = dno_bench("run", "small.yaml", "--out", "results/runs/file", cwd=tmp_path)
    assert command.returncode == 0, command.stderr
    other = bench.load("results/runs/file")
    same = ["cell", "method", "seed", "budget", "best_reward", "denoiser_evals", "status"]
    assert_frame_equal(run.scores[same], other.scores[same])
    assert len(run.scores) == 2 * 2 * 3
    assert set(run.curves["method"]) == {"base", "best-of-n"}


def test_the_same_call_again_continues(capsys):
    bench.run_suite(SUITE, out="here")
    capsys.readouterr()
    again = bench.run_suite(SUITE, out="here")
    assert "4 of 4 cells are done already" in capsys.readouterr().out
    assert list(again.runs) == ["here"]


def test_a_suite_can_be_named(tmp_path):
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SUITE))
    assert len(bench.run_suite("small.yaml").scores) == 12


def test_grids_and_files_of_prompts_are_spelled_out(tmp_path):
    (tmp_path / "mine.txt").write_text("cat\ndog\n")
    experiment = {**SUITE["experiments"][0], "methods": {"best-of-n": {"batch_size": [1, 2]}}}
    run = bench.run_suite({**SUITE, "prompts": ["mine.txt"], "experiments": [experiment]})
    assert set(run.scores["method"]) == {"best-of-n batch_size=1", "best-of-n batch_size=2"}
    assert set(run.scores["prompt"]) == {"cat", "dog"}


def test_what_is_no_suite_and_no_run_is_refused():
    with pytest.raises(InputError, match=r"suite: experiments\.0\.budget"):
        bench.run_suite({**SUITE, "experiments": [{**SUITE["experiments"][0], "budget": "soon"}]})
    with pytest.raises(InputError, match="not a run folder"):
        bench.load("none")


def test_there_is_nothing_else_in_the_package():
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = bench.lode
