"""Thousands of cells: whatever a command asks of their folders, it looks at each once, and works nothing out twice."""

import shutil
from collections import Counter
from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.output.status import status_lines
from bench.run.campaign import run_suite
from bench.run.executors.local import paces_here
from bench.run.survey import survey
from bench.store import ended, planned
from bench.store.folder import RunStore
from bench.suite import cell
from bench.suite.suite import Suite
from tests.support.plugins import HERE
from tests.support.runs import make_run

CPU = [torch.device("cpu")]
CELLS = 8


def suite():
    fields = {"models": [f"{HERE}@gaussian"], "rewards": [f"{HERE}@mean"], "methods": ["base", f"{HERE}@three"]}
    return Suite.model_validate(
        {"name": "small", "prompts": ["cat"], **fields, "seeds": list(range(CELLS // 2)), "budget": "20nfe"}
    )


def run(path):
    return run_suite(suite(), path, CPU, "off", Console(file=StringIO()))


@pytest.fixture
def counts(monkeypatch):
    """How often something was called, by name: reading how a cell ended, the digest of a plug-in, reading the plan."""
    counts = Counter()

    def count(module, name):
        original = getattr(module, name)

        def counting(*arguments):
            counts[name] += 1
            return original(*arguments)

        monkeypatch.setattr(module, name, counting)

    for module, name in ((ended, "read_json"), (cell, "source_digest"), (planned, "read_whole_jsonl")):
        count(module, name)
    return counts


def test_a_command_that_goes_on_plans_with_one_look_at_each_cell(tmp_path, counts, monkeypatch):
    run(tmp_path)
    shutil.rmtree(next(RunStore(tmp_path).cells()).path)
    planned._read.cache_clear()
    counts.clear()
    planning = []

    def stop(left, *_):
        planning.append((len(left), dict(counts)))
        return 0

    monkeypatch.setattr("bench.run.campaign._run", stop)
    run(tmp_path)
    of_plugins = {"source_digest": 3 * CELLS}  # of model, reward and method
    assert planning == [(1, {"read_json": CELLS - 1, **of_plugins, "read_whole_jsonl": 1})]


def test_status_looks_at_each_cell_once(tmp_path, counts):
    make_run(tmp_path, failed=[("base", "cat")])
    planned._read.cache_clear()
    counts.clear()
    assert status_lines(tmp_path)[0].endswith(": 6 of 8 cells done, 2 failed, 0 left")
    assert counts == {"read_json": 8, "read_whole_jsonl": 1}


def test_a_survey_says_of_each_cell_that_has_ended_how_when_and_at_what_pace(tmp_path):
    run(tmp_path)
    store = RunStore(tmp_path)
    first, second, *_ = names = [one.cell for one in store.planned()]
    (store.cell(first).path / "done.json").unlink()
    store.cell(first).fail("on purpose", "", {})
    shutil.rmtree(store.cell(second).path)
    found = survey(store, [*names, *names, "of no plan"])
    assert set(found) == set(names) - {second}
    assert (found[first].done, found[first].pace) == (False, "")
    whole = [found[name] for name in names[2:]]
    assert {one.pace for one in whole} == paces_here(CPU)
    assert all(one.done for one in whole)
    assert found[first].at > max(one.at for one in whole)


def test_a_plan_that_is_written_anew_is_read_anew(tmp_path):
    make_run(tmp_path, seeds=(0,))
    store = RunStore(tmp_path)
    before = store.planned()
    make_run(tmp_path, seeds=(0, 1))
    assert len(store.planned()) == 2 * len(before)
