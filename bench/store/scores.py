"""The rows of `scores`: one a planned cell and checkpoint, whether or not it has run."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from bench.store.columns import COLUMNS, COMPILE, PEAK, SCORES
from bench.store.contention import machine_columns, with_contention
from bench.store.files import Record
from bench.store.folder import CellStore
from bench.store.planned import PlannedCell
from bench.suite.budget import Budget

Cells = list[tuple[Record, PlannedCell, CellStore]]
"""The keys of each cell, its plan, and its folder, which may not exist yet."""


def scores_table(cells: Cells, judges: Mapping[str, str]) -> pa.Table:
    """One row a planned cell and checkpoint; its status is "missing" until the cell has ended.

    Args:
        cells: of the run.
        judges: the digest of the file behind each column of a held-out reward; what another version of it gave is
            left out.
    """
    rows = [keys | row for keys, planned, store in cells for row in _rows(planned, store, judges)]
    further = dict.fromkeys(key for row in rows for key in row if key not in COLUMNS)
    frame = pd.DataFrame(rows, columns=[*SCORES, *further])
    typed = frame.apply(lambda values: values if _holds_text(values.name) else numbers_or_text(values))
    return pa.Table.from_pandas(with_contention(typed), preserve_index=False)


def numbers_or_text(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Read a column as numbers, NaN where there is none; as text if some value is no number."""
    try:
        return pd.to_numeric(values.where(values.notna(), math.nan))
    except (ValueError, TypeError):
        return values.map(lambda value: value if value is None or isinstance(value, str) else json.dumps(value))


def _holds_text(name: object) -> bool:
    return str(name) in COLUMNS and COLUMNS[str(name)].text


def _rows(planned: PlannedCell, store: CellStore, judges: Mapping[str, str]) -> Iterator[Record]:
    """The rows of one cell: what was measured, and a status where nothing was."""
    end = store.end()
    done = end.record if end.kind == "done" else {}
    sources = end.record.get("sources", {})
    stale = {column for column, digest in judges.items() if sources.get(column, digest) != digest}
    status = {"done": "none", "failed": "failed", "": "missing"}[end.kind]
    # A cell that runs, or was interrupted, begins anew: what it has measured so far is no result.
    measured = {} if status == "missing" else {row["budget"]: row for row in store.checkpoints()}
    unmeasured = {"best_reward": math.nan, "last_reward": math.nan, "status": status, "image": "", "metrics": {}}
    of_cell = {name: done.get(name, math.nan) for name in (PEAK, "best_batch", COMPILE)} | machine_columns(end.record)
    for budget in map(Budget(planned.budget, planned.budget_unit).at, planned.checkpoints):
        row = measured.get(budget, unmeasured) | {"budget": budget, "budget_unit": planned.budget_unit}
        row.pop("point", None)  # for metrics of sets, which read it where it stands
        metrics = {
            name: value for name, value in row.pop("metrics", {}).items() if name not in COLUMNS and name not in stale
        }
        yield {**row, **of_cell, **metrics}
