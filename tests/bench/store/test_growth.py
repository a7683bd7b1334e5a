"""What another suite changes in a run folder."""

import csv
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bench.registry import METHODS
from bench.store.folder import RunStore
from bench.suite.suite import load_suite
from tests.support.plugins import HERE
from tests.support.runs import ENDED

METHOD = """
from dataclasses import dataclass
from bench.problem import Candidates
from bench.registry import register_method

@register_method("spsa", family="search", paper="none")
@dataclass(frozen=True)
class Spsa:
    step: float = 0.5
    def run(self, problem):
        yield Candidates()
"""
SUITE = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat, dog]
rewards: [{HERE}@mean]
methods: {{base: , "METHOD@spsa": }}
seeds: [0]
budget: 40nfe
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def file(home, tmp_path):
    """One file for all tests: a name is registered once in a process."""
    (home / "spsa.py").write_text(METHOD)
    (tmp_path / "small.yaml").write_text(SUITE.replace("METHOD", str(home / "spsa.py")))
    return home / "spsa.py"


@pytest.fixture
def store(file, tmp_path):
    """A run all of whose cells are done."""
    store = RunStore.create(tmp_path / "run", load_suite(str(tmp_path / "small.yaml")), {"started": "first"})
    for cell in store.suite().planned():
        store.cell(cell.id).begin(cell)
        store.cell(cell.id).finish(ENDED)
    return store


def asked(tmp_path, **changes):
    return load_suite(str(tmp_path / "small.yaml")).narrowed(changes)


def done(store):
    return {one.cell for one in store.planned() if store.cell(one.cell).done}


def edit(monkeypatch):
    """As a new process finds the file: this one keeps what it imported."""
    edited = replace(METHODS.get("spsa"), sha256=sha256(b"edited").hexdigest())
    monkeypatch.setitem(METHODS._entries, "spsa", edited)


def test_more_seeds_and_prompts_keep_what_ran_and_its_history(store, tmp_path):
    before = done(store)
    growth = store.growth(asked(tmp_path, seeds=[0, 1], prompts=["cat", "dog", "cow"]))
    store.grow(growth, {"started": "second"})
    assert list(growth.notes(before)) == []
    assert done(store) == before
    assert len(store.planned()) == 2 * 2 * 3
    assert [one["started"] for one in store.invocations()] == ["first", "second"]
    assert [one["suite"]["experiments"][0]["seeds"] for one in store.invocations()] == [[0], [0, 1]]


def test_a_narrower_command_leaves_the_rest_of_the_plan(store, tmp_path):
    plan = store.planned()
    store.grow(store.growth(asked(tmp_path, methods=["base"])), {})
    assert store.planned() == plan
    assert store.suite() == asked(tmp_path)


def test_another_budget_is_another_task(store, tmp_path):
    store.grow(store.growth(asked(tmp_path, budget="50nfe")), {})
    assert {one.budget for one in store.planned()} == {40, 50}
    assert len(store.planned()) == 8


def test_another_reward_leaves_cells_what_they_were_and_says_what_they_lack(store, tmp_path):
    before = done(store)
    growth = store.growth(asked(tmp_path, rewards=["mean", f"{HERE}@spread"]))
    store.grow(growth, {})
    assert done(store) == before
    assert list(growth.notes(before)) == ["4 cells ran before spread joined: their held-out/spread is missing"]


def test_cells_of_an_edited_plug_in_run_anew(store, tmp_path, monkeypatch):
    before = done(store)
    edit(monkeypatch)
    growth = store.growth(asked(tmp_path))
    store.grow(growth, {})
    assert list(growth.notes(before)) == ["spsa.py changed since 2 cells ran: they run anew"]
    assert {one.method for one in store.planned() if one.cell in done(store)} == {"base"}
    assert len(store.planned()) == 4


def test_two_versions_of_a_plug_in_never_stand_in_one_table(store, tmp_path, monkeypatch):
    """Also where only some of its cells are asked for."""
    before = done(store)
    edit(monkeypatch)
    growth = store.growth(asked(tmp_path, prompts=["cat"]))
    store.grow(growth, {})
    assert [one.prompt for one in store.planned() if one.method == "spsa"] == ["cat"]
    assert list(growth.notes(before)) == [
        "spsa.py changed since 2 cells ran: 1 of them run anew, the others leave the tables until their suite is run "
        "again"
    ]


def test_a_kill_between_two_files_does_not_hide_an_edit(store, tmp_path, monkeypatch):
    edit(monkeypatch)
    growth = store.growth(asked(tmp_path, prompts=["cat"]))
    rename, done_once = Path.replace, []

    def first_only(path, target):
        if done_once:
            raise KeyboardInterrupt
        done_once.append(target)
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", first_only)
    with pytest.raises(KeyboardInterrupt):
        store.grow(growth, {})
    assert store.growth(asked(tmp_path, prompts=["cat"])).plan == growth.plan


def test_other_checkpoints_run_anew(store, tmp_path):
    before = done(store)
    (tmp_path / "small.yaml").write_text((tmp_path / "small.yaml").read_text() + "checkpoints: [0.1]\n")
    growth = store.growth(asked(tmp_path))
    store.grow(growth, {})
    assert list(growth.notes(before)) == ["4 cells ran with other checkpoints or metrics: they run anew"]
    assert len(store.planned()) == 4
    assert store.suite() == asked(tmp_path)


def test_every_option_that_runs_is_written_down(store):
    with (store.path / "methods.csv").open(newline="") as file:
        rows = {(row["kind"], row["label"], row["option"]): row for row in csv.DictReader(file)}
    assert rows["method", "spsa", "step"]["value"] == "0.5"
    assert rows["method", "spsa", "step"]["source"] == "spsa.py"
    assert rows["method", "base", "samples"]["source"] == "methods/base.py"
    assert rows["model", "gaussian", "eta"]["value"] == "1.0"
    assert all(len(row["sha256"]) == 64 for row in rows.values())
    own = next(store.cells()).read("cell")["plugins"]
    assert own["model"]["options"] == {"steps": 5, "eta": 1.0}


def test_from_another_folder_the_same_suite_is_the_same_run(store, home, tmp_path, monkeypatch):
    before = done(store)
    suite = tmp_path / "small.yaml"
    suite.write_text(SUITE.replace("METHOD", os.path.relpath(home / "spsa.py", tmp_path)))
    uses = set()
    for folder in (home, tmp_path):
        monkeypatch.chdir(folder)
        growth = store.growth(load_suite(str(suite)))
        store.grow(growth, {})
        uses.add(growth.asked.experiments[0].methods["spsa"]["use"])
        assert {one.cell for one in store.planned()} == done(store) == before
    assert uses == {"./spsa.py@spsa", f"{home / 'spsa.py'}@spsa"}
