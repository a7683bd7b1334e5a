"""The run folder: what survives a kill, what a half-written line does, what another suite may not touch."""

import contextlib
import json
import os
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from PIL import Image
from rich.console import Console

from bench.errors import InputError
from bench.run.campaign import run_suite
from bench.store.columns import SCORES
from bench.store.ended import End
from bench.store.files import read_jsonl, write_atomically
from bench.store.folder import CellStore, RunStore
from bench.store.lock import owned
from bench.store.tables import consolidate, read_tables
from bench.suite.suite import load_suite
from tests.support.cells import make_cell
from tests.support.plugins import HERE
from tests.support.process import Child
from tests.support.runs import ENDED

SUITE = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat, dog]
rewards: [{HERE}@mean]
methods: {{base: , three: {{use: "{HERE}@three"}}, slow: {{use: "{HERE}@slow"}}}}
seeds: [0, 1]
budget: 40nfe
"""


@pytest.fixture
def suite_file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SUITE)
    return path


def run(suite_file, out):
    """The number of failed cells."""
    return run_suite(load_suite(str(suite_file)), out, [torch.device("cpu")], "off", Console())


def start(suite_file, out):
    return Child(out.with_name(f"{out.name}.{time.monotonic_ns()}.txt"), run, suite_file, out)


def test_a_half_written_last_line_is_dropped_with_a_note(tmp_path, capsys):
    path = tmp_path / "events.jsonl"
    path.write_text('{"step": 0}\n{"step": 1}\n{"st')
    assert read_jsonl(path) == [{"step": 0}, {"step": 1}]
    assert "half-written" in capsys.readouterr().err
    path.write_text('{"st')
    assert read_jsonl(path) == []


def test_atomic_writing_replaces_whole_files(tmp_path):
    path = tmp_path / "a.json"
    write_atomically(path, "one")
    write_atomically(path, "two")
    assert path.read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_images_are_clamped_and_rounded(tmp_path):
    cell = make_cell()
    store = CellStore(tmp_path / "cells" / cell.id)
    store.begin(cell)
    where = store.save_image("5", torch.tensor([[[-1.0, 0.5]], [[0.0, 2.0]], [[1.0, 0.25]]]))
    assert where == f"cells/{cell.id}/images/5.png"
    with Image.open(tmp_path / where) as image:
        assert [image.getpixel((x, 0)) for x in (0, 1)] == [(0, 0, 255), (128, 255, 64)]


def test_beginning_again_forgets_the_interrupted_attempt(tmp_path):
    cell = make_cell()
    store = CellStore(tmp_path / cell.id)
    store.begin(cell)
    store.append("events", {"step": 0})
    store.fail("x", "y", {})
    store.begin(cell)
    assert store.events() == []
    assert store.read("failed") == {}
    assert not store.done


def test_how_a_cell_ended_is_told_at_once(tmp_path):
    store = CellStore(tmp_path / "cell")
    store.begin(make_cell())
    assert store.end() == End(kind="", at=0, record={}, flaw="")
    store.fail("on purpose", "", {})
    failed = store.end()
    assert (failed.kind, failed.record["error"], failed.flaw) == ("failed", "on purpose", "")
    assert failed.at == (store.path / "failed.json").stat().st_mtime_ns
    store.finish(ENDED)
    assert store.end().kind == "done"
    (store.path / "done.json").write_text("{")
    assert store.end()[:3] == failed[:3]
    assert "done.json holds no whole JSON" in store.end().flaw


def test_a_cell_that_begins_anew_while_it_is_read_is_not_damaged(tmp_path, monkeypatch):
    store = CellStore(tmp_path / "cell")
    store.begin(make_cell())
    store.finish(ENDED)

    def read_too_late(path, kind):
        path.unlink()
        return kind()

    monkeypatch.setattr("bench.store.ended.read_json", read_too_late)
    assert store.end() == End(kind="", at=0, record={}, flaw="")


def test_a_label_of_other_meaning_is_refused_and_nothing_written_over(suite_file, tmp_path):
    run = tmp_path / "run"
    RunStore.create(run, load_suite(str(suite_file)), {})
    before = {path: path.read_bytes() for path in run.iterdir() if path.is_file()}
    suite_file.write_text(SUITE.replace("base: ", "base: {use: best-of-n, batch_size: 2}"))
    both = r"'base' of methods has options {'use': 'best-of-n', 'batch_size': 2}, but {} in .*--out"
    with pytest.raises(InputError, match=both):
        RunStore.create(run, load_suite(str(suite_file)), {})
    assert before == {path: path.read_bytes() for path in run.iterdir() if path.is_file()}


def test_a_folder_that_is_no_run_is_no_run_folder(tmp_path):
    with pytest.raises(InputError, match="not a run folder"):
        RunStore.open(tmp_path)


class Killed(Exception):
    """In place of a signal: it comes just before a file is put in place."""


def planned_files(run):
    names = ("suite.yaml", "plan.jsonl", "plugins.jsonl", "methods.csv")
    return {name: (run / name).read_text() for name in names}


@pytest.mark.parametrize("survives", range(5))
@pytest.mark.parametrize("grown", [False, True], ids=["new", "grown"])
def test_killed_between_two_files_the_same_command_goes_on(suite_file, tmp_path, monkeypatch, survives, grown):
    suite = load_suite(str(suite_file))
    more = suite.narrowed({"seeds": [0, 1, 2]})
    for name in ("killed", "whole"):
        if grown:
            RunStore.create(tmp_path / name, suite, {})
    RunStore.create(tmp_path / "whole", more, {})
    replace, left = Path.replace, iter(range(survives))

    def kill(path, target):
        if next(left, None) is None:
            raise Killed
        return replace(path, target)

    with owned(tmp_path / "killed"), monkeypatch.context() as patched:
        patched.setattr(Path, "replace", kill)
        with contextlib.suppress(Killed):
            RunStore.create(tmp_path / "killed", more, {})
    with owned(tmp_path / "killed"):
        RunStore.create(tmp_path / "killed", more, {})
    assert planned_files(tmp_path / "killed") == planned_files(tmp_path / "whole")


@pytest.mark.parametrize("delay", [0.02, 0.25, 0.6, 1.0, 1.7])
def test_killed_at_any_moment_nothing_is_lost_and_nothing_twice(suite_file, tmp_path, delay):
    """Kill -9 after the first cell began plus a delay, look, run again: done cells are kept, all cells end once."""
    out = tmp_path / "run"
    process = start(suite_file, out)
    while process.running and not list(out.glob("cells/*/cell.json")):
        time.sleep(0.01)
    time.sleep(delay)
    process.kill()
    done = {path: path.read_bytes() for path in out.glob("cells/*/done.json")}
    status, output = start(suite_file, out).end()
    assert status == 0, output
    if done:
        assert f"{len(done)} of 12 cells are done already" in output
    assert all(path.read_bytes() == before for path, before in done.items())
    scores, curves = read_tables(out)
    assert len(scores) == 12 * 3
    assert not scores.duplicated(["cell", "budget"]).any()
    assert not curves.duplicated(["cell", "step"]).any()
    assert (curves.groupby("cell").step.max() + 1 == curves.groupby("cell").size()).all()


def test_tables_have_the_documented_columns_and_agree_with_the_events(suite_file, tmp_path):
    out = tmp_path / "run"
    run(suite_file, out)
    scores, curves = pd.read_csv(out / "scores.csv"), pd.read_csv(out / "curves.csv")
    assert list(scores.columns[: len(SCORES)]) == SCORES
    final = scores[scores.budget == 40].set_index("cell").best_reward
    pd.testing.assert_series_equal(final.sort_index(), curves.groupby("cell").best_reward.last(), check_names=False)
    pd.testing.assert_frame_equal(scores, pd.read_parquet(out / "scores.parquet"), check_dtype=False)
    assert json.loads((out / "provenance.json").read_text())[-1]["versions"]["torch"] == torch.__version__
    assert os.environ.get("HOME", "?") not in (out / "scores.csv").read_text()


def test_a_failed_cell_has_a_row_for_every_budget(tmp_path, suite_file):
    suite_file.write_text(SUITE.replace("@three", "@raises"))
    out = tmp_path / "run"
    assert run(suite_file, out) == 4
    scores, curves = read_tables(out)
    failed = scores[scores.method == "three"]
    assert (failed.status == "failed").all()
    assert len(failed) == 4 * 3
    assert failed.best_reward.isna().all()
    # What it yielded before it failed is kept; what counts of it is for `bench.analysis.failures` to say.
    assert (curves.method == "three").sum() == 4
    reason = json.loads(next(out.glob("cells/*three*/failed.json")).read_text())
    assert reason["error"] == "ZeroDivisionError: on purpose"
    assert "tests/support/plugins.py" in reason["traceback"]
    consolidate(RunStore.open(out))
