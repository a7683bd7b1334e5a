"""Run folders in which files are half, garbled, gone or of another shape: no command may end in a traceback.

What is damaged is made anew or runs again, with a note; what cannot be is one line that names the file.
"""

import json
import shutil

import pytest

from bench.store.folder import RunStore
from bench.store.tables import consolidate, read_tables
from tests.support.cli import dno_bench
from tests.support.plugins import HERE
from tests.support.runs import sealed_anew

SUITE = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: {{base: , three: {{use: "{HERE}@three"}}}}
seeds: [0, 1]
budget: 20nfe
"""
RUN = ("run", "small.yaml", "--out", "run", "--wandb", "off")
READERS = (
    ("status", "run"), ("table", "run"), ("plot", "run", "--only", "seeds"), ("report", "run"),
    ("compare", "run", "other"),
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole")
    (home / "small.yaml").write_text(SUITE)
    assert dno_bench(*RUN, cwd=home).returncode == 0
    shutil.copytree(home / "run", home / "other")
    return home


@pytest.fixture
def home(whole, tmp_path):
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    return tmp_path


def cell(home):
    """The folder of one cell."""
    return min((home / "run" / "cells").iterdir())


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 3])


def garble(path):
    text = path.read_bytes()
    middle = len(text) // 2
    path.write_bytes(text[: middle - 4] + b"\x00\xff{]garbled\n" + text[middle + 4 :])


def flip(path):
    """A digit, so that all lines are still JSON and the size is what it was."""
    text = path.read_text()
    place = text.index('"best_reward": 0.') + len('"best_reward": 0.')
    path.write_text(text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :])


def give(text):
    return lambda path: path.write_text(text)


def gone(path):
    path.unlink()


CUT = (halve, give(""), garble)
OF_A_CELL = [
    *(("done.json", damage) for damage in (*CUT, give("[]"), give("{}"), give('{"steps": 1}'), give("null"))),
    *((name, damage) for name in ("events.jsonl", "checkpoints.jsonl") for damage in (halve, garble, flip, gone)),
]
OF_THE_RUN = [
    *((name, damage) for name in ("suite.yaml", "plan.jsonl", "plugins.jsonl") for damage in (*CUT, give("[]\n"))),
    *((name, gone) for name in ("plan.jsonl", "plugins.jsonl", "methods.csv", "scores.csv", "curves.parquet")),
    *(("provenance.json", damage) for damage in (halve, gone, give("{}"), give("[3]"), give('[{"suite": 1}]'))),
    *((name, damage) for name in ("scores.parquet", "curves.parquet", "scores.csv") for damage in CUT),
]


def named(damages):
    return [f"{name} {getattr(damage, '__name__', '?')} {number}" for number, (name, damage) in enumerate(damages)]


def require_no_traceback(home, readers=READERS, status=0):
    """What the commands say on standard error."""
    said = ""
    for reader in readers:
        done = dno_bench(*reader, cwd=home)
        assert done.returncode == status, done.stderr
        assert done.stderr.count("error: ") == (status == 2)
        said += done.stderr
    return said


@pytest.mark.parametrize(("name", "damage"), OF_A_CELL, ids=named(OF_A_CELL))
def test_a_cell_with_a_damaged_file_is_not_done(home, name, damage):
    store = RunStore(home / "run").cell(cell(home).name)
    assert store.done
    damage(store.path / name)
    assert not store.done
    assert not store.ended_at
    assert str(store.path / ("done.json" if name == "done.json" else name)) in store.flaw


def test_damaged_cells_are_said_by_every_command_and_run_again(home):
    first, second, third, _ = RunStore(home / "run").cells()
    halve(first.path / "done.json")
    garble(second.path / "events.jsonl")
    gone(third.path / "checkpoints.jsonl")
    require_no_traceback(home)
    status = dno_bench("status", "run", cwd=home).stdout
    assert status.startswith("run: 1 of 4 cells done, 0 failed, 3 left\n")
    assert status.count("\ndamaged ") == 3
    again = dno_bench(*RUN, cwd=home)
    assert again.returncode == 0, again.stderr
    assert "1 of 4 cells are done already" in again.stdout
    assert f"3 cells are damaged and run again, such as {home}" not in again.stdout
    assert "3 cells are damaged and run again, such as run/cells/" in again.stdout
    assert dno_bench("status", "run", cwd=home).stdout == "run: 4 of 4 cells done, 0 failed, 0 left\n"


@pytest.mark.parametrize(("name", "damage"), OF_THE_RUN, ids=named(OF_THE_RUN))
def test_what_follows_from_the_rest_of_a_folder_is_made_anew(home, capsys, name, damage):
    store, path = RunStore(home / "run"), home / "run" / name
    held = store.suite(), store.planned(), store.plugins()
    before = path.read_bytes()
    damage(path)
    assert (store.suite(), store.planned(), store.plugins()) == held
    read_tables(store.path)
    store.invocations()
    store.mend()
    consolidate(store)
    if name == "provenance.json":
        return
    assert path.read_bytes() == before
    if name in {"suite.yaml", "plan.jsonl", "plugins.jsonl"}:
        assert capsys.readouterr().err.count(f"note: {path}") == 1


def test_every_command_reads_a_folder_of_which_much_is_damaged(home):
    for name in ("plan.jsonl", "plugins.jsonl", "provenance.json", "scores.parquet", "curves.parquet", "methods.csv"):
        halve(home / "run" / name)
    said = require_no_traceback(home)
    assert "note: run/provenance.json holds no whole JSON: where the run came from is not known" in said
    halve(home / "run" / "suite.yaml")
    for reader in READERS[1:]:
        done = dno_bench(*reader, cwd=home)
        assert done.returncode == 2
        assert "run/suite.yaml is damaged (" in done.stderr
        assert done.stderr.splitlines()[-1].startswith("error: ")
        assert "name another folder with --out" in done.stderr


@pytest.mark.parametrize("damage", [*CUT, give("[]"), give("{}")], ids=range(5))
def test_a_damaged_failure_is_no_failure(home, damage):
    store = RunStore(home / "run").cell(cell(home).name)
    (store.path / "done.json").unlink()
    store.fail("ValueError: no", "", {})
    assert store.read("failed")["error"] == "ValueError: no"
    damage(store.path / "failed.json")
    assert not store.read("failed")
    assert set(read_tables(home / "run")[0]["status"]) == {"ok", "missing"}


def test_a_run_of_failures_only_is_said(home):
    for one in RunStore(home / "run").cells():
        shutil.rmtree(one.path)
        one.fail("ValueError: no", "", {})
    require_no_traceback(home)


def test_a_run_without_a_reward_is_said(home):
    for one in RunStore(home / "run").cells():
        rows = [row | {"best_reward": None, "last_reward": None, "status": "none"} for row in one.checkpoints()]
        (one.path / "checkpoints.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        (one.path / "events.jsonl").unlink()
        sealed_anew(one.path)
    require_no_traceback(home)


def test_a_copied_folder_is_whole(home):
    copied = shutil.copytree(home / "run", home / "copied", copy_function=shutil.copyfile)
    assert all(one.done for one in RunStore(copied).cells())


def test_half_written_files_of_a_killed_command_go(home):
    (home / "run" / ".suite.yaml.123").write_text("name: sm")
    RunStore(home / "run").mend()
    assert not (home / "run" / ".suite.yaml.123").exists()
