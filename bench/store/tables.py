"""The store as two tables: `curves`, one row an event, and `scores`, one row a cell and budget."""

import math
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from bench.errors import InputError
from bench.store.columns import CURVES, KEYS, SCORES
from bench.store.files import Row, whole_lines
from bench.store.folder import CellStore, RunStore
from bench.store.planned import PlannedCell

Cells = list[tuple[PlannedCell, CellStore]]

CHUNK = 2000  # cells whose events are parsed at once
ROW_GROUP = 2**20
STAMP = b"cells"
"""In the Parquet files: which cells they were made from."""


def consolidate(store: RunStore) -> None:
    """Write `curves` and `scores`, as CSV and Parquet, from the cells that are complete or failed; if not yet done."""
    if all(_is_current(store, name) for name in ("curves", "scores")):
        return
    stamp = {STAMP: _stamp(store)}
    run, cells = store.path.name, _cells(store)
    for name, table in (("curves", _curves(run, cells)), ("scores", _scores(run, cells))):
        _replace(store.path / f"{name}.csv", table)
        _replace(
            store.path / f"{name}.parquet", table.replace_schema_metadata({**(table.schema.metadata or {}), **stamp})
        )


def read_scores(path: Path) -> pd.DataFrame:
    """The `scores` of a run folder as it is now; consolidated afresh if a cell has ended since.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    store = RunStore.open(path)
    table = _stored(store, "scores")
    scores = _frame(_scores(path.name, _cells(store)) if table is None else table)
    if scores.empty:
        raise InputError(f"{path}: no cell has ended yet; `dno-bench run` the suite again to continue it")
    return scores


def read_tables(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `scores` and `curves` of a run folder, as `read_scores`.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    scores, store = read_scores(path), RunStore.open(path)
    table = _stored(store, "curves")
    return scores, _frame(_curves(path.name, _cells(store)) if table is None else table)


def _stamp(store: RunStore) -> bytes:
    """A digest that changes with the plan, and when a cell ends, also when it ends anew."""
    digest = sha256(repr((store.path.name, CURVES, SCORES, store.planned())).encode())
    for cell in store.cells():
        digest.update(f"{cell.path.name} {cell.ended_at}\n".encode())
    return digest.hexdigest().encode()


def _stored(store: RunStore, name: str) -> pa.Table | None:
    """The table written before, if no cell has ended since."""
    return pa.parquet.read_table(store.path / f"{name}.parquet") if _is_current(store, name) else None


def _is_current(store: RunStore, name: str) -> bool:
    path = store.path / f"{name}.parquet"
    return path.exists() and (pa.parquet.read_schema(path).metadata or {}).get(STAMP) == _stamp(store)


def _cells(store: RunStore) -> Cells:
    planned = sorted(store.planned(), key=lambda one: one.cell)
    return [(one, store.cell(one.cell)) for one in planned]


def _scores(run: str, cells: Cells) -> pa.Table:
    rows: list[Row] = []
    for cell, cell_store in cells:
        keys = _keys(run, cell, cell_store)
        if cell_store.done:
            rows += [keys | checkpoint for checkpoint in _flat(cell_store)]
        elif cell_store.read("failed"):
            rows += [keys | _failed(cell, fraction) for fraction in cell.checkpoints]
    further = dict.fromkeys(key for row in rows for key in row if key not in SCORES)
    return pa.Table.from_pandas(pd.DataFrame(rows, columns=[*SCORES, *further]), preserve_index=False)


def _keys(run: str, cell: PlannedCell, cell_store: CellStore) -> Row:
    values = (run, cell_store.path.name, cell.model, cell.method, cell.prompt, cell.reward, cell.seed)
    return dict(zip(KEYS, values, strict=True))


def _flat(cell_store: CellStore) -> list[Row]:
    peak = cell_store.read("done")["peak_memory_mb"]
    return [
        {**{k: v for k, v in row.items() if k != "metrics"}, "peak_memory_mb": peak, **row["metrics"]}
        for row in cell_store.checkpoints()
    ]


def _failed(cell: PlannedCell, fraction: float) -> Row:
    budget = {"budget": cell.budget * fraction, "budget_unit": cell.budget_unit}
    return {**budget, "best_reward": math.nan, "last_reward": math.nan, "status": "failed", "image": ""}


def _curves(run: str, cells: Cells) -> pa.Table:
    done = iter([(cell, cell_store) for cell, cell_store in cells if cell_store.done])
    empty = pa.table({name: pa.nulls(0) for name in CURVES})
    parts = iter(lambda: list(islice(done, CHUNK)), [])
    return pa.concat_tables([empty, *(_events(run, part) for part in parts)], promote_options="permissive")


def _events(run: str, cells: Cells) -> pa.Table:
    """The events of some cells in one table, parsed at once: millions of lines are too many for one at a time."""
    texts = [whole_lines(cell_store.path / "events.jsonl") for _, cell_store in cells]
    if not any(texts):
        return pa.table({name: pa.nulls(0) for name in CURVES})
    table = pa.json.read_json(pa.BufferReader(b"".join(texts)))
    of_row = pa.array(np.repeat(np.arange(len(cells)), [text.count(b"\n") for text in texts]))
    keys = pa.Table.from_pylist([_keys(run, cell, cell_store) for cell, cell_store in cells])
    for name in reversed(KEYS):
        # One entry a different word, and a number a row: a cell's name in full on every row would take gigabytes.
        column = keys[name].combine_chunks()
        column = column.dictionary_encode() if pa.types.is_string(column.type) else column
        table = table.add_column(0, name, column.take(of_row))
    return table


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.cast(_plain(table.schema)).to_pandas()
    return frame


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with words in full: pandas groups by categories in its own way."""
    fields = [f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in schema]
    return pa.schema(fields, schema.metadata)


def _replace(path: Path, table: pa.Table) -> None:
    temporary = path.with_name(f".{path.name}")
    if path.suffix == ".csv":
        pa.csv.write_csv(table, temporary)
    else:
        with pa.parquet.ParquetWriter(temporary, _plain(table.schema)) as writer:
            for start in range(0, max(len(table), 1), ROW_GROUP):
                writer.write_table(table.slice(start, ROW_GROUP).cast(_plain(table.schema)))
    temporary.replace(path)
