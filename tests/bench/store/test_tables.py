"""The two tables of a run folder: what stands in them, and that stored ones are used only while they are true."""

import json
import shutil

import pandas as pd
import pytest

from bench.errors import InputError
from bench.store.columns import COUNTERS, CURVES, KEYS
from bench.store.folder import RunStore
from bench.store.planned import PLAN
from bench.store.tables import consolidate, read_scores, read_tables
from bench.suite.budget import Budget
from benchmarks.large_store import large_suite, write
from tests.support.runs import RAN, sealed_anew

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
    sealed_anew(cell.path)


def one_by_one(store):
    """The events as they are read line by line, in the order of the cells' names."""
    planned = {cell.id: cell for cell in store.suite().cells()}
    for cell_store in store.cells():
        cell = planned[cell_store.path.name]
        whole = str(cell.budget)
        values = (store.path.name, cell.id, cell.model, cell.method, cell.prompt, cell.reward, whole, cell.seed)
        for event in cell_store.events():
            yield dict(zip(KEYS, values, strict=True)) | event


def test_events_parsed_at_once_are_those_read_one_by_one(store):
    curves = read_tables(store.path)[1]
    assert len(curves) == 2 * 2 * 2 * 3 * EVENTS
    pd.testing.assert_frame_equal(curves, pd.DataFrame(one_by_one(store)), check_dtype=False, check_like=True)


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


def test_stored_tables_are_used_until_a_cell_ends_anew(store, monkeypatch):
    consolidate(store)
    cell = some_cell(store)
    with monkeypatch.context() as patched:
        patched.setattr("bench.store.tables.curves_table", None)  # what would read the events again
        assert len(read_tables(store.path)[1]) == 24 * EVENTS
    rewrite_events(cell, cell.events()[:1])
    assert len(read_tables(store.path)[1]) == 24 * EVENTS - 2


def test_a_new_cell_a_failed_one_and_another_name_are_seen(store):
    cell = some_cell(store)
    (cell.path / "done.json").rename(cell.path / "later.json")
    consolidate(store)
    scores = read_scores(store.path).set_index("cell")
    assert (scores.loc[cell.path.name, "status"] == "missing").all()
    assert scores.loc[cell.path.name, "best_reward"].isna().all()
    (cell.path / "checkpoints.jsonl").unlink()
    cell.fail("x", "y", RAN)
    scores = read_scores(store.path).set_index("cell")
    assert (scores.loc[cell.path.name, "status"] == "failed").all()
    (cell.path / "failed.json").unlink()
    (cell.path / "later.json").rename(cell.path / "done.json")
    assert read_scores(store.path)["status"].ne("failed").all()
    moved = store.path.rename(store.path.with_name("moved"))
    assert set(read_scores(moved)["run"]) == {"moved"}


def test_every_planned_cell_and_budget_has_a_row_before_it_ran(store):
    for cell in list(store.cells())[1:]:
        shutil.rmtree(cell.path)
    scores = read_scores(store.path)
    planned = store.planned()
    assert scores.groupby("cell")["budget"].agg(list).to_dict() == {
        one.cell: [Budget(one.budget, one.budget_unit).at(fraction) for fraction in one.checkpoints] for one in planned
    }
    assert scores["status"].value_counts().to_dict() == {"missing": 23 * 3, "ok": 3}
    assert set(scores["task_budget"]) == {"100s"}


def test_a_plan_that_grows_is_seen(store):
    consolidate(store)
    lines = (store.path / PLAN).read_text().splitlines()
    another = json.loads(lines[0]) | {"cell": "another", "seed": 99, "budget": 500, "budget_unit": "denoiser_evals"}
    (store.path / PLAN).write_text("\n".join([*lines, json.dumps(another)]) + "\n")
    rows = read_scores(store.path).set_index("seed").loc[99]
    assert rows["task_budget"].unique().tolist() == ["500nfe"]
    assert rows["status"].eq("missing").all()


def test_a_failed_cell_keeps_what_was_measured_before_it_failed(store):
    cell = some_cell(store)
    before = read_scores(store.path).set_index("cell").loc[cell.path.name]
    (cell.path / "done.json").unlink()
    first = cell.checkpoints()[0]
    (cell.path / "checkpoints.jsonl").write_text(json.dumps(first | {"status": "ok"}) + "\n")
    cell.fail("x", "y", RAN)
    rows = read_scores(store.path).set_index("cell").loc[cell.path.name]
    assert rows["status"].tolist() == ["ok", "failed", "failed"]
    assert rows["best_reward"].tolist()[0] == before["best_reward"].tolist()[0]
    assert rows["best_reward"].isna().tolist() == [False, True, True]
    assert (read_tables(store.path)[1]["cell"] == cell.path.name).sum() == EVENTS


def test_a_cell_without_a_yield_consolidates(store):
    """A budget below one sample: no event at all, also where no cell has one."""
    for cell in store.cells():
        (cell.path / "events.jsonl").unlink()
        row = {"budget": 100.0, "budget_unit": "seconds", "best_reward": None, "status": "none", "image": ""}
        (cell.path / "checkpoints.jsonl").write_text(json.dumps(row | {"metrics": {}}) + "\n")
        sealed_anew(cell.path)
    consolidate(store)
    scores, curves = read_tables(store.path)
    assert curves.empty
    assert list(curves.columns) == CURVES
    assert scores["status"].eq("none").all()


def test_columns_that_are_no_numbers_become_text(store, monkeypatch):
    monkeypatch.setattr("bench.store.events.CHUNK", 2)
    odd = ["a", {"nested": [1]}, 2.5, None, [1, 2], 7]
    cells = list(store.cells())[: len(odd)]
    for cell, value in zip(cells, odd, strict=True):
        rewrite_events(cell, [event | {"info/odd": value, "run": "mine", "seed": "x"} for event in cell.events()])
        rows = [row | {"metrics": {"odd": value, "seconds": 1e9}} for row in cell.checkpoints()]
        (cell.path / "checkpoints.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        sealed_anew(cell.path)
    consolidate(store)
    scores, curves = read_tables(store.path)
    first = curves.groupby("cell")["info/odd"].first()
    found = first[[cell.path.name for cell in cells]].fillna("").tolist()
    assert found == ["a", '{"nested": [1]}', "2.5", "", "[1, 2]", "7"]
    assert set(curves["run"]) == {"run"}
    assert set(curves["seed"]) == {0, 1}
    assert scores["seconds"].max() < 1e9
    assert scores["odd"].iloc[0] == "a"


def test_what_is_no_number_is_empty_in_both_files(store):
    cell = some_cell(store)
    rewrite_events(cell, [event | {"info/loss": float("nan")} for event in cell.events()])
    consolidate(store)
    assert "nan" not in (store.path / "curves.csv").read_text().lower()


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
        store.cell(cell.id).fail("x", "y", RAN)
    file.unlink()
    assert set(read_scores(store.path)["method"]) == {"gone"}
    assert not (store.path / "scores.parquet").exists()


def test_a_run_without_an_ended_cell_is_an_error(store):
    for cell in store.cells():
        (cell.path / "done.json").unlink()
    with pytest.raises(InputError, match="no cell has ended yet"):
        read_tables(store.path)
