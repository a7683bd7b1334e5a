"""Processes that hang, die or print: forks, which need not import torch, and silences that count sooner."""

import os
import re
import signal
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import active_children, get_context

import pytest
import torch
from rich.console import Console

from bench.run import pulse
from bench.run.campaign import run_suite
from bench.run.executors import pool, process, worker
from bench.run.executors.where import Where
from bench.run.progress import Watcher
from bench.store.claims import CLAIMS, Claims
from bench.store.folder import RunStore
from bench.store.tables import read_scores
from bench.suite.suite import Suite
from tests.support.cells import make_cell
from tests.support.cli import dno_bench
from tests.support.plugins import HERE

CPU = [torch.device("cpu")]
PATIENCE = 12
"""Budgets, of 0.25 s: shorter silences are those of a busy machine."""


@pytest.fixture(scope="module", autouse=True)
def quick():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(process, "_CONTEXT", get_context("fork"))
        patched.setattr(pool, "POLL", 0.02)
        patched.setattr(pulse, "SECOND", 0.05)
        patched.setattr(pulse, "MINUTE", 0.25)
        yield


def run(path, cells, devices=1, patience=PATIENCE, watcher=None):
    """How each cell ended, and what was said on standard error."""
    said = StringIO()
    with redirect_stderr(said), redirect_stdout(StringIO()):
        outcomes = pool.run_in_processes(path, cells, CPU * devices, patience, watcher)
        ended = {cell.id: error for cell, error in outcomes}
    return [ended[cell.id] for cell in cells], said.getvalue()


SILENT = {
    "in its warm-up": (make_cell("hangs", budget="0.25s"), "warm-up"),
    "under a counted budget": (make_cell("hangs", budget="30nfe"), "warm-up"),
    "in C": (make_cell("stalls", budget="0.25s"), "method"),
    "printing": (make_cell("chatters", budget="0.25s"), "warm-up"),
    "in its reward": (make_cell(reward="hangs", budget="0.25s"), "setup"),
    "in a metric": (make_cell(budget="0.25s", metrics={"hangs": {"use": f"{HERE}@hangs"}}), "evaluation"),
}


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    """Cells that hang between two that do not: their folder, how each ended, and what was said."""
    path = tmp_path_factory.mktemp("silent")
    well = [make_cell(seed=seed) for seed in (0, 1)]
    cells = [well[0], *(cell for cell, _ in SILENT.values()), well[1]]
    errors, said = run(path, cells, devices=3)
    return path, dict(zip([one.id for one in cells], errors, strict=True)), said


@pytest.mark.parametrize("how", SILENT)
def test_a_cell_that_is_silent_is_noted_once_and_ended(silent, how):
    path, errors, said = silent
    cell, phase = SILENT[how]
    length = rf"[\d.]+ s \({phase}\), 1\d(\.\d)? budgets"
    assert re.fullmatch(
        f"it was silent for {length}, and its process was ended; --patience gives it longer", errors[cell.id]
    )
    notes = [line for line in said.splitlines() if f"{cell.id} has been silent" in line]
    assert len(notes) == 1
    assert re.search(r"silent for [\d.]+ s \([a-z-]+\), [\d.]+ budgets; at 12 its process is ended$", notes[0])
    assert RunStore(path).cell(cell.id).read("failed")["error"] == errors[cell.id]


@pytest.mark.parametrize(
    ("how", "line"), [("in its warm-up", "in run"), ("in C", "in fullmatch"), ("in a metric", "in __call__")]
)
def test_where_it_hung_stands_in_its_folder(silent, how, line):
    """Also where it had the interpreter, so that nothing but a signal handler in C could say so."""
    traceback = RunStore(silent[0]).cell(SILENT[how][0].id).read("failed")["traceback"]
    assert line in traceback
    assert "plugins.py" in traceback


def test_the_others_run(silent):
    path, errors, _ = silent
    assert [error for error in errors.values() if "silent" not in error] == ["", ""]
    assert not any(map(Claims(path / CLAIMS).is_busy, errors))


def test_what_had_been_reached_before_is_kept(silent):
    assert len(RunStore(silent[0]).cell(SILENT["in C"][0].id).events()) == 3


def test_without_patience_a_silence_is_noted_and_nothing_ended(tmp_path):
    """A method that takes four budgets for a yield."""
    (error,), said = run(tmp_path, [make_cell("dozes", budget="0.25s", checkpoints=(1.0,))], patience=0)
    assert error == ""
    assert re.search(r"has been silent for [\d.]+ s \([a-z-]+\), [3-9][\d.]* budgets$", said, re.MULTILINE)


def test_a_process_that_is_killed_or_crashes_fails_its_cell_with_the_reason_and_begins_anew(tmp_path):
    errors, _ = run(tmp_path, [make_cell(name) for name in ("killed", "crashes", "hoards", "base")])
    assert errors == [
        "its process was killed by signal 9, for want of memory perhaps",
        "its process was killed by signal 11 (Segmentation fault)",
        "MemoryError:",
        "",
    ]
    crashed = RunStore(tmp_path).cell(make_cell("crashes").id).read("failed")
    assert "Segmentation fault" in crashed["traceback"]
    assert "plugins.py" in crashed["traceback"]
    assert crashed["threads"] == torch.get_num_threads()


def test_a_kill_of_the_kernel_is_known_by_its_count(tmp_path, monkeypatch):
    counts = iter([4, 5])
    monkeypatch.setattr(worker, "oom_kills", lambda: next(counts))
    monkeypatch.setattr("bench.run.executors.death.oom_kills", lambda: next(counts))
    errors, _ = run(tmp_path, [make_cell("killed")])
    assert errors == ["its process was killed by the kernel, for want of memory"]


def test_a_process_that_dies_before_its_cell_has_a_folder_leaves_one(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "serve", lambda *_: sys.exit(3))
    cell = make_cell()
    errors, _ = run(tmp_path, [cell])
    assert errors == ["its process died with exit status 3"]
    assert RunStore(tmp_path).cell(cell.id).read("cell")["method"] == "base"


class Seen(Watcher):
    """Keeps what it is told, and does something at each event."""

    def __init__(self, act=lambda: None):
        self.begun, self.events, self.act = [], [], act

    def begin(self, cell):
        self.begun.append(cell)

    def event(self, event):
        self.events.append(event)
        self.act()


def test_how_a_cell_does_is_told_while_it_runs(tmp_path):
    cell, seen = make_cell("slow", budget="100nfe"), Seen()
    assert run(tmp_path, [cell], watcher=seen)[0] == [""]
    assert seen.begun == [cell]
    assert len(seen.events) >= 2
    assert all(event in RunStore(tmp_path).cell(cell.id).events() for event in seen.events)


def test_a_terminal_that_is_closed_and_ctrl_c_are_for_the_parent_to_hear(tmp_path):
    """They reach every process of the terminal; without the parent's word a cell goes on."""

    def hang_up():
        for one in active_children():
            os.kill(one.pid, signal.SIGHUP)
            os.kill(one.pid, signal.SIGINT)

    assert run(tmp_path, [make_cell("slow", budget="100nfe")], watcher=Seen(hang_up))[0] == [""]


def test_nothing_runs_while_the_end_of_a_cell_is_looked_at(tmp_path):
    ended = pool.run_in_processes(tmp_path, [make_cell(seed=seed) for seed in range(3)], CPU)
    next(ended)
    time.sleep(0.3)
    assert len(list(tmp_path.glob("cells/*"))) == 1
    assert len(list(ended)) == 2


def test_without_cells_no_process_begins(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_CONTEXT", get_context("spawn"))
    monkeypatch.setattr(process.Process, "begin", pytest.fail)
    assert list(pool.run_in_processes(tmp_path, [], CPU * 2)) == []


def suite(*methods, budget="20nfe"):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "seeds": [0, 1]}
    own = [name if name == "base" else f"{HERE}@{name}" for name in methods]
    return Suite.model_validate({"name": "small", "methods": own, "budget": budget, **fields})


def test_a_process_of_its_own_changes_no_number(tmp_path):
    asked, counted = suite("base", "looks-up", "three"), ["status", "best_reward", "denoiser_evals", "pace"]
    for name, patience in (("here", 0), ("apart", PATIENCE)):
        where = Where(patience=patience)
        assert run_suite(asked, tmp_path / name, CPU, "off", Console(file=StringIO()), where=where) == 0
    here, apart = (read_scores(tmp_path / name)[counted] for name in ("here", "apart"))
    assert here.equals(apart)


def test_what_a_process_prints_is_printed_by_its_parent(tmp_path, capsys):
    where = Where(patience=PATIENCE)
    assert run_suite(suite("prints"), tmp_path, CPU, "off", Console(file=StringIO()), where=where) == 0
    out, err = capsys.readouterr()
    (number,) = set(re.findall(r"in process (\d+)\n", out))
    assert int(number) != os.getpid()
    assert "to standard error\n" in err
    assert "warning: beware\n" in err


def test_the_command_says_so_and_goes_on(tmp_path, few_plots):
    (tmp_path / "small.yaml").write_text(f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: {{hangs: {{use: "{HERE}@hangs"}}, base: }}
seeds: [0]
budget: 0.25s
""")
    done = dno_bench("run", "small.yaml", "--patience", "12", "--wandb", "off", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "seed 0 | hangs: FAILED: it was silent for " in done.stdout
    assert "seed 0 | base: reward" in done.stdout
    assert "1 cells failed" in done.stdout
    assert "has been silent for" in done.stderr
