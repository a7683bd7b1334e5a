"""What a job does on its node: its cells, until a signal tells it to stop."""

import json
import os
import signal
import time

import pytest
import torch

from bench.run.executors import job as module
from bench.run.executors.claimed import Outcomes
from bench.run.executors.job import Job, Told, told_by
from bench.run.executors.local import paces_here
from bench.run.paces import AGREED
from bench.store.claims import CLAIMS, Claims
from bench.store.folder import RunStore
from bench.store.jobs import JOBS
from bench.suite.suite import Suite
from tests.support.plugins import HERE
from tests.support.process import Child


def planned(path, *methods, budget="20nfe", seeds=range(3)):
    """The cells of a small run, and how they have ended."""
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "budget": budget}
    suite = Suite.model_validate({"name": "small", "methods": list(methods), "seeds": list(seeds), **fields})
    RunStore.create(path, suite, {})
    (path / JOBS).mkdir()
    cells = suite.cells()
    return cells, Outcomes(path, cells)


def run(path, cells, outcomes, seconds=60.0, requeued=None):
    """A job in this process; what submitit would do on a warning is to write a file."""
    signal.signal(signal.SIGUSR2, lambda *_: requeued.touch())
    Job("cpu", seconds, seconds)(path, cells, outcomes)


def begun(child, path, number):
    """Wait until so many cells have begun, and the last is at work."""
    while len(list(path.glob("cells/*/events.jsonl"))) < number:
        assert child.running, child.end()
        time.sleep(0.005)


def test_a_job_runs_its_cells_and_says_where(tmp_path, capsys):
    cells, outcomes = planned(tmp_path, "base", f"{HERE}@raises", seeds=[0])
    Job("cpu", 600, 420)(tmp_path, cells, outcomes)
    assert [outcomes.error(cell) for cell in cells] == ["", "ZeroDivisionError: on purpose"]
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()] == ["begins", "ended", "begins", "ended"]
    (where,) = (tmp_path / JOBS).glob("*.provenance.json")
    assert json.loads(where.read_text())["devices"][0]["device"] == "cpu"
    assert not (tmp_path / JOBS / AGREED).exists()  # counted budgets mean the same anywhere


def test_a_job_that_goes_on_leaves_out_what_has_ended(tmp_path, capsys):
    cells, outcomes = planned(tmp_path, "base")
    again = Job("cpu", 600, 420)
    again(tmp_path, cells[:2], outcomes)
    before = {cell.id: RunStore(tmp_path).cell(cell.id).ended_at for cell in cells[:2]}
    capsys.readouterr()
    again(tmp_path, cells, outcomes)
    assert capsys.readouterr().out.count("begins") == 1
    assert before == {cell.id: RunStore(tmp_path).cell(cell.id).ended_at for cell in cells[:2]}


@pytest.mark.parametrize(
    ("number", "goes_on"), [(signal.SIGUSR2, True), (signal.SIGTERM, False), (signal.SIGINT, False)]
)
def test_a_signal_stops_the_job_between_two_yields_and_the_cell_is_anybodys(tmp_path, number, goes_on):
    cells, outcomes = planned(tmp_path, f"{HERE}@slow", budget="2000nfe")
    child = Child(tmp_path / "out.txt", run, tmp_path, cells, outcomes, 60, tmp_path / "requeued")
    begun(child, tmp_path, 1)
    os.kill(child.process.pid, number)
    status, printed = child.end(timeout=20)
    assert status == 0
    assert f"{number.name}: the job stops" in printed
    assert (tmp_path / "requeued").exists() == goes_on
    assert not outcomes.ended(cells[0])
    assert Claims(tmp_path / CLAIMS).holder(cells[0].id) is None


def test_a_cell_that_had_a_whole_job_fails(tmp_path):
    cells, outcomes = planned(tmp_path, f"{HERE}@slow", budget="2000nfe")
    child = Child(tmp_path / "out.txt", run, tmp_path, cells, outcomes, 0.01, tmp_path / "requeued")
    begun(child, tmp_path, 1)
    os.kill(child.process.pid, signal.SIGUSR2)
    child.end(timeout=20)
    assert outcomes.error(cells[0]) == "it did not end within a job of its own of 0.01 s; give a longer --job-time"
    assert not outcomes.ended(cells[1])
    assert (tmp_path / "requeued").exists()
    assert Claims(tmp_path / CLAIMS).holder(cells[0].id).ended


def test_a_cell_before_which_others_ended_is_tried_again(tmp_path):
    cells, outcomes = planned(tmp_path, "base", f"{HERE}@slow", budget="2000nfe", seeds=[0])
    child = Child(tmp_path / "out.txt", run, tmp_path, cells, outcomes, 0.01, tmp_path / "requeued")
    begun(child, tmp_path, 2)
    os.kill(child.process.pid, signal.SIGUSR2)
    child.end(timeout=20)
    assert [outcomes.ended(cell) for cell in cells] == [True, False]


def test_seconds_of_two_devices_do_not_meet_in_two_jobs(tmp_path, capsys, monkeypatch):
    cells, outcomes = planned(tmp_path, "base", budget="0.05s", seeds=[0, 1])
    Job("cpu", 600, 420)(tmp_path, cells[:1], outcomes)
    (here,) = paces_here([torch.device("cpu")])
    assert (tmp_path / JOBS / AGREED).read_text() == here
    monkeypatch.setattr(module, "paces_here", lambda devices: {"H100, torch 2.13.0"})
    with pytest.raises(SystemExit, match="1"):
        Job("cpu", 600, 420)(tmp_path, cells[1:], outcomes)
    assert f"error: this machine is H100, torch 2.13.0, and the run is on {here}" in capsys.readouterr().out
    assert not outcomes.ended(cells[1])


def two_signals():
    try:
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.raise_signal(signal.SIGTERM)


def test_a_second_signal_does_not_cut_short_what_the_first_began():
    with told_by(signal.SIGUSR1, signal.SIGTERM), pytest.raises(Told, match="SIGUSR1"):
        two_signals()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
