"""A run as a whole: what a second command in its folder finds, does and refuses."""

import json
import os
import re
from dataclasses import replace
from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.errors import InputError
from bench.registry import REWARDS
from bench.run.campaign import run_suite
from bench.run.executors.local import paces_here
from bench.run.executors.where import Where
from bench.run.executors.work import work
from bench.store.claims import CLAIMS, Claims
from bench.store.folder import RunStore
from bench.store.lock import OWNER, owned
from bench.store.pace import pace, paces
from bench.store.tables import read_scores, read_tables
from bench.suite.suite import Suite
from tests.support.plugins import HERE
from tests.support.process import Child
from tests.support.runs import RAN, edit_plugin

CPU = [torch.device("cpu")]


def suite(budget="20nfe", **changes):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "methods": ["base"]}
    return Suite.model_validate({"name": "small", **fields, "seeds": [0], "budget": budget, **changes})


def run(one, path, failed=0):
    """What the command prints."""
    printed = StringIO()
    assert run_suite(one, path, CPU, "off", Console(file=printed, width=200)) == failed
    return printed.getvalue()


def elsewhere(path):
    """As if all cells of the run had been made on another device."""
    for ended in [*path.glob("cells/*/done.json"), *path.glob("cells/*/failed.json")]:
        ended.write_text(json.dumps({**json.loads(ended.read_text()), "device": "cuda:0", "device_name": "H100"}))


def test_a_folder_in_use_is_refused_before_anything_is_written(tmp_path):
    with owned(tmp_path / "run"):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(InputError, match="is being run by process"):
            run(suite(), tmp_path / "run")
        assert sorted(tmp_path.rglob("*")) == before


def test_only_what_is_new_runs(tmp_path):
    run(suite(), tmp_path)
    first = next(tmp_path.glob("cells/*/done.json"))
    before = first.stat().st_mtime_ns
    printed = run(suite(seeds=[0, 1], methods=["base", "best-of-n"], budget="40nfe"), tmp_path)
    assert "[4/4]" in printed
    printed = run(suite(seeds=[0, 1]), tmp_path)
    assert "[1/1] mean | cat | seed 1 | base" in printed
    assert "1 of 2 cells are done already" in printed
    assert first.stat().st_mtime_ns == before
    assert len(RunStore.open(tmp_path).invocations()) == 3
    assert len(read_scores(tmp_path)) == 6 * 3


def test_a_finished_run_loads_and_writes_nothing(tmp_path, monkeypatch):
    one = suite(set_metrics={"spread-of-means": {"use": f"{HERE}@spread-of-means"}})
    run(one, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert {"sets.csv", "scores.csv", "curves.parquet"} <= {path.name for path in before}
    monkeypatch.setattr("bench.run.executors.work.run_cell", None)
    assert run(one, tmp_path) == "1 of 1 cells are done already\n"
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}


def edit(monkeypatch, name):
    """As a new process finds the file of a reward: this one keeps what it imported."""
    monkeypatch.setitem(REWARDS._entries, name, replace(REWARDS.get(name), sha256=f"edited {name}"))


def test_values_of_an_edited_held_out_reward_do_not_stand_beside_those_of_its_new_version(tmp_path, monkeypatch):
    rewards = [f"{HERE}@mean", f"{HERE}@spread"]
    run(suite(rewards=rewards), tmp_path)
    edit(monkeypatch, "spread")
    printed = run(suite(rewards=rewards, seeds=[0, 1]), tmp_path)
    assert "plugins.py changed since 1 cells ran: they run anew" in printed
    assert "plugins.py changed since 1 cells ran: their held-out/spread is missing" in printed
    cells = read_scores(tmp_path).query("reward == 'mean'").groupby("seed")
    assert cells["held-out/spread"].count().to_dict() == {0: 0, 1: 3}
    assert read_scores(tmp_path).query("reward == 'spread'")["held-out/mean"].notna().all()


def test_stored_tables_are_not_used_once_a_held_out_reward_is_edited(tmp_path):
    run(suite(rewards=[f"{HERE}@mean", f"{HERE}@spread"]), tmp_path)
    edit_plugin(tmp_path, "spread")
    assert "held-out/spread" not in read_scores(tmp_path)


def test_set_metrics_that_are_asked_for_later_are_measured(tmp_path):
    run(suite(seeds=[0, 1]), tmp_path)
    printed = run(suite(seeds=[0, 1], set_metrics={"spread-of-means": {"use": f"{HERE}@spread-of-means"}}), tmp_path)
    assert "measuring the sets of samples" in printed
    assert (tmp_path / "sets.csv").exists()


def test_seconds_of_two_devices_do_not_meet_in_a_run(tmp_path):
    run(suite("0.05s"), tmp_path)
    elsewhere(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    here = next(iter(paces_here(CPU)))
    refusal = r"seconds of different devices are not compared.* and H100, torch .*--out"
    with pytest.raises(InputError, match=refusal) as why:
        run(suite("0.05s", seeds=[0, 1]), tmp_path)
    assert here in str(why.value)
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}


def test_failed_cells_keep_where_they_ran_until_they_run_anew(tmp_path):
    raises = {"raises": {"use": f"{HERE}@raises"}}
    run(suite("0.05s", methods=raises), tmp_path, failed=1)
    elsewhere(tmp_path)
    with pytest.raises(InputError, match="seconds of different devices"):
        run(suite("0.05s", methods=["base"]), tmp_path)
    run(suite("0.05s", methods=raises), tmp_path, failed=1)
    assert paces(read_scores(tmp_path)) == paces_here(CPU)


def test_counts_go_on_elsewhere_with_a_note(tmp_path):
    run(suite(), tmp_path)
    elsewhere(tmp_path)
    assert "cells ran on H100, torch " in run(suite(seeds=[0, 1]), tmp_path)
    assert len(read_scores(tmp_path)) == 2 * 3


def test_a_command_for_fewer_rewards_scores_by_all_of_the_run(tmp_path):
    both = suite(rewards=[f"{HERE}@mean", f"{HERE}@spread"])
    RunStore.create(tmp_path, both, {})
    run(suite(), tmp_path)
    run(both, tmp_path)
    scores = read_scores(tmp_path)
    assert scores[scores["reward"] == "mean"]["held-out/spread"].notna().all()


def test_a_method_that_exits_fails_its_cell_and_no_other(tmp_path):
    printed = StringIO()
    asked = suite(methods=[f"{HERE}@exits", "base"])
    assert run_suite(asked, tmp_path, CPU, "off", Console(file=printed, width=200)) == 1
    assert "exits: FAILED: SystemExit: 0" in printed.getvalue()
    assert "base: reward" in printed.getvalue()


def test_a_file_edited_while_the_run_goes_on_fails_its_cell(tmp_path):
    """As in a process that begins late: it imports the plug-in anew, and the cell's name is that of the old file."""
    (cell,) = suite().cells()
    RunStore.create(tmp_path, suite(), {})
    vars(cell)["id"] = "planned-with-another-file"
    ((_, error),) = work(tmp_path, [cell], CPU[0])
    assert "a plug-in's file changed while the run was going on" in error


def test_a_budget_below_one_sample_ends_in_tables(tmp_path):
    printed = run(suite("2nfe"), tmp_path)
    assert "base: nothing scored within 2 evaluations; it went on to 5 evaluations (left" in printed
    scores, curves = read_tables(tmp_path)
    assert (scores["status"] == "none").all()
    assert scores["seconds"].isna().all()  # no cost of what was not had
    assert curves.empty


def test_what_fits_a_checkpoint_to_the_last_evaluation_counts_there(tmp_path):
    """29 of 100 in floating point is 28.999999999999996: what had cost 29 came too late."""
    run(suite(budget="100rewards", checkpoints=[0.29, 0.3, 1]), tmp_path)
    scores = read_scores(tmp_path)
    assert scores["budget"].tolist() == [29, 30, 100]
    assert scores["reward_calls"].tolist() == [29, 30, 100]


def test_checkpoints_are_written_as_people_write_them(tmp_path):
    run(suite(budget="0.03s", checkpoints=[0.3, 1]), tmp_path)
    rows = (tmp_path / "scores.csv").read_text().splitlines()[1:]
    assert read_scores(tmp_path)["budget"].tolist() == [0.009, 0.03]
    assert not any("8999" in row for row in rows)


def test_one_thread_is_one():
    assert pace({**RAN, "device": "cpu", "threads": 1}) == "H100, 1 thread, torch 2.13.0"
    assert pace({**RAN, "device": "cpu", "threads": 2}) == "H100, 2 threads, torch 2.13.0"


def share(one, path):
    printed = StringIO()
    failed = run_suite(one, path, CPU, "off", Console(file=printed, width=200), where=Where(shared=True))
    print(printed.getvalue())
    return failed


def test_two_machines_that_run_one_command_in_one_folder_share_its_cells(tmp_path):
    asked, path = suite(methods=["base", f"{HERE}@slow"], seeds=list(range(6))), tmp_path / "run"
    both = [Child(tmp_path / f"{i}.txt", share, asked, path) for i in range(2)]
    printed = []
    for one in both:
        status, text = one.end()
        assert status == 0, text
        printed.append(text)
    begun = [re.findall(r"\| (seed \d+ \| \S+): reward", text) for text in printed]
    every = [f"seed {seed} | {name}" for seed in range(6) for name in ("base", "slow")]
    assert sorted(begun[0] + begun[1]) == sorted(every)
    assert all(begun)
    assert len(read_scores(path).query("status == 'ok'")) == 12 * 3
    assert not (path / CLAIMS).exists()


def test_cells_that_others_are_at_work_on_are_left_to_them(tmp_path):
    asked = suite(seeds=[0, 1])
    at_work, _ = asked.cells()
    Claims(tmp_path / CLAIMS).take(at_work.id)
    (tmp_path / OWNER).mkdir()
    printed = run(asked, tmp_path)
    assert f"1 cells are left to those at work on them: process {os.getpid()} on " in printed
    assert "[1/1] mean | cat | seed 1 | base: reward" in printed
    assert read_scores(tmp_path)["status"].value_counts().to_dict() == {"ok": 3, "missing": 3}
    assert not (tmp_path / "cells" / at_work.id).exists()


def test_a_complete_cell_that_another_runs_once_more_is_left_alone(tmp_path):
    run(suite(), tmp_path)
    (cell,) = suite().cells()
    Claims(tmp_path / CLAIMS).take(cell.id)
    attempt = RunStore(tmp_path).attempt(cell.id)
    attempt.begin(cell)
    run(suite(seeds=[0, 1]), tmp_path)
    assert (attempt.path / "cell.json").exists()
