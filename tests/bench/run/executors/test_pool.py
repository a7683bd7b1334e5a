"""Several devices: two CPUs stand for them. But for one test, processes are forks, which need not import torch."""

import os
import signal
import time
from io import StringIO
from multiprocessing import get_context

import psutil
import pytest
import torch
from rich.console import Console

from bench.run.campaign import run_suite
from bench.run.executors import pool, process
from bench.store.folder import RunStore
from bench.store.tables import read_scores
from bench.suite.suite import Suite
from tests.support.cells import make_cell
from tests.support.plugins import HERE
from tests.support.process import Child
from tests.support.runs import ENDED

TWO = [torch.device("cpu"), torch.device("cpu")]


def suite(*methods, budget="20nfe", seeds=range(3)):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "budget": budget}
    own = [name if name == "base" else f"{HERE}@{name}" for name in methods]
    return Suite.model_validate({"name": "small", "methods": own, "seeds": list(seeds), **fields})


def run(suite, path, console=None):
    return run_suite(suite, path, TWO, "off", console or Console(file=StringIO(), width=200))


@pytest.fixture(scope="module", autouse=True)
def forks():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(process, "_CONTEXT", get_context("fork"))
        yield


@pytest.fixture(scope="module")
def died(tmp_path_factory):
    """A run three of whose nine cells take their process along: its store, and what was printed."""
    path, printed = tmp_path_factory.mktemp("died") / "run", StringIO()
    assert run(suite("base", "dies", "slow"), path, Console(file=printed, width=200)) == 3
    return RunStore.open(path), printed.getvalue()


def test_a_process_that_dies_fails_its_cell_and_no_other(died):
    store, printed = died
    assert read_scores(store.path).groupby("method")["status"].unique().explode().to_dict() == {
        "base": "ok", "dies": "failed", "slow": "ok",
    }  # fmt: skip
    why = "its process died with exit status 7"
    assert [cell.read("failed")["error"] for cell in store.cells() if not cell.done] == [why] * 3
    assert printed.count(f"dies: FAILED: {why}") == 3
    assert printed.count(" after 4 yields (left: ") == 6


def test_every_cell_says_what_it_ran_with(died):
    """Also one whose process died."""
    ran = [cell.ran() for cell in died[0].cells()]
    assert len(ran) == 9
    assert {(one["device"], one["threads"]) for one in ran} == {("cpu", 1)}
    assert {one["versions"]["torch"] for one in ran} == {torch.__version__}
    assert {tuple(one["sources"]) for one in ran} == {("model", "reward", "method")}


def test_a_process_that_dies_while_a_cell_runs_again_takes_no_result_along(tmp_path):
    asked = suite("dies", seeds=[0])
    store = RunStore.create(tmp_path, asked, {})
    (cell,) = asked.cells()
    store.cell(cell.id).begin(cell)
    store.cell(cell.id).finish({**ENDED, "steps": 7})
    ended = list(pool.run_in_processes(tmp_path, [cell], TWO))
    assert [error for _, error in ended] == ["its process died with exit status 7"]
    assert store.cell(cell.id).read("done")["steps"] == 7
    assert "its process died" in store.attempt(cell.id).read("failed")["error"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_or_a_kill_ends_all_processes_and_the_same_command_goes_on(tmp_path, how):
    path, slow = tmp_path / "run", suite("slow", budget="100nfe", seeds=range(6))
    child = Child(tmp_path / "out.txt", run, slow, path)
    while not list(path.glob("cells/*/done.json")):
        time.sleep(0.02)
        assert child.running
    workers = psutil.Process(child.process.pid).children(recursive=True)
    for one in [*workers, child.process] if how == signal.SIGINT else [child.process]:
        os.kill(one.pid, how)  # the keyboard interrupts them all
    child.end(timeout=20)
    assert not child.running
    assert not psutil.wait_procs(workers, timeout=20)[1]
    done = {cell: cell.stat().st_mtime_ns for cell in path.glob("cells/*/done.json")}
    assert 0 < len(done) < 6
    assert run_suite(slow, path, TWO[:1], "off", Console(file=StringIO())) == 0
    assert all(cell.stat().st_mtime_ns == before for cell, before in done.items())
    assert len(list(path.glob("cells/*/done.json"))) == 6


def test_a_process_keeps_to_its_model_and_then_helps_where_most_is_left():
    cells = [make_cell(model=model, seed=seed) for seed in range(3) for model in "ab"] + [make_cell(model="c")]
    waiting, taken = pool.Waiting(cells), {"one": [], "other": []}
    groups = {key: [] for key in taken}
    for turn in ["one", "other", "one", "other", "one", "one", "other", "one"]:
        cell, groups[turn] = waiting.next(groups[turn])
        taken[turn].append(cell and cell.model)
    assert taken == {"one": ["a", "a", "a", "b", None], "other": ["b", "b", "c"]}


def test_processes_that_begin_from_nothing_share_the_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_CONTEXT", get_context("spawn"))
    assert run(suite("base", seeds=[0, 1]), tmp_path / "run") == 0
    assert set(read_scores(tmp_path / "run")["status"]) == {"ok"}
