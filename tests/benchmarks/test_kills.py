"""Kills of commands: what is wrong with a folder is seen and told apart, and a few kills leave nothing wrong."""

import os
import re
import tempfile
import time

import pytest

from bench.store.folder import RunStore
from benchmarks.kills.__main__ import main
from benchmarks.kills.attempts import STAGES
from benchmarks.kills.commands import Command
from benchmarks.kills.folder import Faults, complete_cells, faults_after_kill, faults_at_end, outcome, stage
from tests.support.runs import make_run, sealed_anew


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def test_a_few_kills_leave_nothing_wrong(tmp_path, monkeypatch, capsys, few_plots):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    main(["--kills", "4"])
    printed = capsys.readouterr().out
    assert ", 0 faults" in printed
    rows = [list(map(int, row)) for row in re.findall(r" (\d+) +(\d+) +(\d+) +(\d+) +(\d+) *$", printed, re.MULTILINE)]
    assert len(rows) == len(STAGES) + 1
    assert sum(kills for kills, *_ in rows) >= 4
    assert not any(any(faults) for _, *faults in rows)
    assert not list(tmp_path.glob("dno-bench-kills-*"))


def test_a_whole_folder_has_no_faults(run):
    assert faults_after_kill(run, complete_cells(run)) == Faults(0, 0, 0)
    assert faults_at_end(run, outcome(run)) == Faults(0, 0, 0)


def test_what_is_wrong_with_a_folder_is_told_apart(run):
    complete, whole = complete_cells(run), outcome(run)
    first, second, third, *_ = RunStore(run).cells()
    events = first.path / "events.jsonl"
    events.write_text(events.read_text() + events.read_text().splitlines(keepends=True)[-1])
    sealed_anew(first.path)
    image = min((second.path / "images").iterdir())
    image.write_bytes(image.read_bytes()[:-30])
    (third.path / "done.json").unlink()
    assert faults_after_kill(run, complete) == Faults(lost=1, doubled=1, unreadable=1)
    assert faults_at_end(run, whole) == Faults(lost=1, doubled=1, unreadable=1)


def test_another_result_is_a_lost_one(run):
    whole = outcome(run)
    first = next(RunStore(run).cells())
    checkpoints = first.path / "checkpoints.jsonl"
    checkpoints.write_text(checkpoints.read_text().replace('"best_reward": ', '"best_reward": 1'))
    sealed_anew(first.path)
    assert faults_at_end(run, whole).lost == 1


def test_of_a_folder_in_which_nothing_has_ended_all_is_lost(run, tmp_path):
    assert faults_at_end(tmp_path / "none", outcome(run)).lost == len(complete_cells(run))


def test_unfinished_cells_and_files_with_a_dot_need_not_be_whole(run):
    complete = complete_cells(run)
    first = next(RunStore(run).cells())
    (first.path / "done.json").unlink()
    (first.path / "events.jsonl").write_text('{"ste')
    (run / ".plan.jsonl.12").write_text("{")
    assert faults_after_kill(run, complete - {first.path.name}) == Faults(0, 0, 0)


def test_a_stage_is_told_by_what_was_written_last(tmp_path):
    began = time.time()
    written = {
        "owner/folder/0": "start", "plan.jsonl": "planning", "claims/one/0": "cells", "cells/one/cell.json": "cells",
        ".scores.csv.12": "tables", "plots/.curves.png.12": "plots",
    }  # fmt: skip
    for seconds, (name, said) in enumerate(written.items(), start=1):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (began + seconds, began + seconds))
        assert stage(tmp_path, began) == said
    assert stage(tmp_path, began + 100) == "start"
    assert stage(tmp_path / "none", began) == "start"


def test_a_command_that_is_killed_before_it_says_anything_has_said_nothing(tmp_path):
    command = Command(["list", "methods"], tmp_path / "said.txt")
    assert command.kill()
    assert command.is_in_order()
    assert command.said == ""
