"""The two tables of a run folder: what stands in them, and that stored ones are used only while they are true."""

import json
import os

import pandas as pd
import pytest

from bench.errors import InputError
from bench.store.columns import COUNTERS, CURVES, KEYS
from bench.store.folder import RunStore
from bench.store.tables import consolidate, read_scores, read_tables
from benchmarks.large_store import large_suite, write

EVENTS = 3


@pytest.fixture
def store(tmp_path):
    suite = large_suite(methods=2, prompts=2, seeds=2)
    write(tmp_path / "run", suite, EVENTS)
    return RunStore.open(tmp_path / "run")


def some_cell(store):
    return next(store.cells())


def rewrite_events(cell, rows):
    (cell.path / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def one_by_one(store):
    """The events as they are read line by line, in the order of the cells' names."""
    planned = {cell.id: cell for cell in store.suite().cells()}
    for cell_store in store.cells():
        cell = planned[cell_store.path.name]
        values = (store.path.name, cell.id, cell.model, cell.method, cell.prompt, cell.reward, cell.seed)
        for event in cell_store.events():
            yield dict(zip(KEYS, values, strict=True)) | event


def test_events_parsed_at_once_are_those_read_one_by_one(store):
    curves = read_tables(store.path)[1]
    assert len(curves) == 2 * 2 * 2 * 3 * EVENTS
    pd.testing.assert_frame_equal(curves, pd.DataFrame(one_by_one(store)), check_dtype=False)


def test_cells_may_log_other_columns_and_numbers_of_another_kind(store):
    first, second, *_ = store.cells()
    rewrite_events(first, [event | {"loss": 1} for event in first.events()])
    rewrite_events(second, [event | {"loss": float("nan"), "penalty": 0.5} for event in second.events()])
    curves = read_tables(store.path)[1]
    assert list(curves.columns) == [*CURVES, "loss", "penalty"]
    by_cell = curves.groupby("cell")
    assert by_cell.get_group(first.path.name)["loss"].tolist() == [1] * EVENTS
    assert by_cell.get_group(second.path.name)["loss"].isna().all()
    assert curves["penalty"].notna().sum() == EVENTS


def test_csv_and_parquet_hold_the_same(store):
    consolidate(store)
    for name in ("scores", "curves"):
        parquet = pd.read_parquet(store.path / f"{name}.parquet")
        csv = pd.read_csv(store.path / f"{name}.csv", keep_default_na=False, na_values={"best_reward": [""]})
        columns = ["cell", *COUNTERS[:1], "best_reward"]
        scored = parquet["best_reward"].notna()
        pd.testing.assert_frame_equal(
            csv.loc[scored, columns].astype({"seconds": float}), parquet.loc[scored, columns], check_dtype=False
        )


def test_what_is_stored_is_what_is_read(store):
    fresh = read_tables(store.path)
    consolidate(store)
    for before, after in zip(fresh, read_tables(store.path), strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_stored_tables_are_used_until_a_cell_ends(store):
    consolidate(store)
    cell = some_cell(store)
    rewrite_events(cell, cell.events()[:1])
    # Nothing ended: the events are not read again.
    assert len(read_tables(store.path)[1]) == 24 * EVENTS
    os.utime(cell.path / "done.json", ns=(1, 1))
    assert len(read_tables(store.path)[1]) == 24 * EVENTS - 2


def test_a_new_cell_a_failed_one_and_another_name_are_seen(store):
    cell = some_cell(store)
    (cell.path / "done.json").rename(cell.path / "later.json")
    consolidate(store)
    assert cell.path.name not in set(read_scores(store.path)["cell"])
    cell.fail("x", "y")
    scores = read_scores(store.path).set_index("cell")
    assert (scores.loc[cell.path.name, "status"] == "failed").all()
    (cell.path / "failed.json").unlink()
    (cell.path / "later.json").rename(cell.path / "done.json")
    assert read_scores(store.path)["status"].ne("failed").all()
    moved = store.path.rename(store.path.with_name("moved"))
    assert set(read_scores(moved)["run"]) == {"moved"}


def test_reading_takes_no_plug_in_and_writes_nothing(tmp_path):
    file = tmp_path / "gone.py"
    file.write_text(
        "from dataclasses import dataclass\nfrom bench.registry import register_method\n"
        "@register_method('gone', family='none', paper='none')\n@dataclass(frozen=True)\nclass Gone:\n    run = None\n"
    )
    gone = {"use": f"{file}@gone"}
    suite = large_suite(methods=2, prompts=1, seeds=1)
    experiment = suite.experiments[0].model_copy(update={"methods": {"gone": gone}})
    suite = suite.model_copy(update={"experiments": [experiment]})
    store = RunStore.create(tmp_path / "run", suite, {})
    for cell in suite.planned():
        store.cell(cell.id).begin(cell)
        store.cell(cell.id).fail("x", "y")
    file.unlink()
    assert set(read_scores(store.path)["method"]) == {"gone"}
    assert not (store.path / "scores.parquet").exists()


def test_a_run_without_an_ended_cell_is_an_error(store):
    for cell in store.cells():
        (cell.path / "done.json").unlink()
    with pytest.raises(InputError, match="no cell has ended yet"):
        read_tables(store.path)
