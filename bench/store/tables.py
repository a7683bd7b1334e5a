"""The store as two tables: `curves`, one row an event, and `scores`, one row a planned cell and checkpoint."""

from collections.abc import Callable, Mapping, Set
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from bench.errors import InputError
from bench.store.columns import CURVES, KEYS, SCORES
from bench.store.ended import looks
from bench.store.events import curves_table
from bench.store.files import Record, replacing, writing
from bench.store.folder import RunStore
from bench.store.planned import PLAN, PlannedCell
from bench.store.scores import Cells, scores_table
from bench.store.spreadsheet import inert_table
from bench.suite.budget import Budget

ROW_GROUP = 2**20
STAMP, CSV_SIZE = b"cells", b"csv"
"""In the Parquet files: which cells they were made from, and the bytes of the CSV beside them."""
_UNREADABLE = (OSError, ValueError)
"""What pyarrow raises for a file that is cut short or holds something else."""


def consolidate(store: RunStore) -> None:
    """Write `curves` and `scores`, as CSV and Parquet, from the plan and the cells that have ended; if not yet done.

    Raises:
        UnwritableError: they cannot be written.
    """
    stamp = _stamp(store)
    if all(_is_written(store, name, stamp) for name in ("curves", "scores")):
        return
    cells = _cells(store)
    _write(store, "curves", curves_table(cells), stamp)
    _write(store, "scores", scores_table(cells, _judges(store)), stamp)


def read_scores(path: Path) -> pd.DataFrame:
    """The `scores` of a run folder as it is now; consolidated afresh if a cell has ended since.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    scores = _scores(RunStore.open(path))
    if scores["status"].eq("missing").all():
        raise InputError(f"{path}: no cell has ended yet; `dno-bench run` the suite again to continue it")
    return scores


def read_tables(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `scores` and `curves` of a run folder, as `read_scores`.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    scores, store = read_scores(path), RunStore.open(path)
    table = _stored(store, "curves")
    return scores, _frame(curves_table(_cells(store)) if table is None else table)


def contended_cells(store: RunStore) -> set[str]:
    """The names of the cells that did not have the machine to themselves; of a new folder none."""
    if not store.planned():
        return set()
    scores = _scores(store)
    return set(scores.loc[scores["contended"] == 1, "cell"])


REDO: Mapping[str, Callable[[RunStore], Set[str]]] = {"contended": contended_cells}
"""Which complete cells can be asked to run once more; what failed or was interrupted runs again unasked."""


def _scores(store: RunStore) -> pd.DataFrame:
    table = _stored(store, "scores")
    return _frame(scores_table(_cells(store), _judges(store)) if table is None else table)


def _stamp(store: RunStore) -> bytes:
    """A digest that changes with the plan, with a reward's file, and when a cell ends, anew too, or is damaged."""
    digest = sha256(repr((store.path.name, CURVES, SCORES, _judges(store))).encode())
    plan = store.path / PLAN
    digest.update(plan.read_bytes() if plan.exists() else b"")
    for cell in store.cells():
        digest.update(f"{cell.path.name} {looks(cell.path)}\n".encode())
    return digest.hexdigest().encode()


def _judges(store: RunStore) -> dict[str, str]:
    """The digests of the rewards of the run, by the columns that they fill where they are held out."""
    return {f"held-out/{one.label}": one.sha256 for one in store.plugins() if one.kind == "reward"}


def _stored(store: RunStore, name: str) -> pa.Table | None:
    """The table written before, if no cell has ended since and it can be read."""
    if _metadata(store, name).get(STAMP) != _stamp(store):
        return None
    try:
        return pa.parquet.read_table(store.path / f"{name}.parquet")
    except _UNREADABLE:
        return None


def _is_written(store: RunStore, name: str, stamp: bytes) -> bool:
    """Whether both files of a table are there, whole, and of the cells as they are now."""
    csv, metadata = store.path / f"{name}.csv", _metadata(store, name)
    return metadata.get(STAMP) == stamp and csv.is_file() and metadata.get(CSV_SIZE) == _size(csv)


def _metadata(store: RunStore, name: str) -> Mapping[bytes, bytes]:
    """What was written beside a table; nothing where there is no whole one."""
    path = store.path / f"{name}.parquet"
    try:
        return (pa.parquet.read_schema(path).metadata or {}) if path.is_file() else {}
    except _UNREADABLE:
        return {}


def _size(path: Path) -> bytes:
    return str(path.stat().st_size).encode()


def _cells(store: RunStore) -> Cells:
    planned = sorted(store.planned(), key=lambda one: one.cell)
    return [(_keys(store.path.name, one), one, store.cell(one.cell)) for one in planned]


def _keys(run: str, cell: PlannedCell) -> Record:
    whole = str(Budget(cell.budget, cell.budget_unit))
    values = (run, cell.cell, cell.model, cell.method, cell.prompt, cell.reward, whole, cell.seed)
    return dict(zip(KEYS, values, strict=True))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.cast(_plain(table.schema)).to_pandas()
    return frame


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with words in full: pandas groups by categories in its own way."""
    fields = [f.with_type(pa.string()) if pa.types.is_dictionary(f.type) else f for f in schema]
    return pa.schema(fields, schema.metadata)


def _write(store: RunStore, name: str, table: pa.Table, stamp: bytes) -> None:
    """Write a table as CSV, then as Parquet, which says of what cells both are made."""
    csv, parquet = store.path / f"{name}.csv", store.path / f"{name}.parquet"
    with writing(csv), replacing(csv) as temporary:
        pa.csv.write_csv(inert_table(table), temporary)
    kept = {**(table.schema.metadata or {}), STAMP: stamp, CSV_SIZE: _size(csv)}
    plain = _plain(table.schema).with_metadata(kept)
    with writing(parquet), replacing(parquet) as temporary, pa.parquet.ParquetWriter(temporary, plain) as writer:
        for start in range(0, max(len(table), 1), ROW_GROUP):
            writer.write_table(table.slice(start, ROW_GROUP).cast(plain))
