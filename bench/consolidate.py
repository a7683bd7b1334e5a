"""The store as two tables: `curves`, one row an event, and `scores`, one row a cell and budget."""

import math
from pathlib import Path

import pandas as pd

from bench.cell import Cell
from bench.errors import InputError
from bench.store import CellStore, Row, RunStore

COUNTERS = ["seconds", "denoiser_evals", "decodes", "reward_calls", "backward_evals"]
KEYS = ["run", "cell", "model", "method", "prompt", "reward", "seed"]
CURVES = [*KEYS, "step", *COUNTERS, "current_reward", "mean_reward", "best_reward"]
SCORES = [
    *KEYS, "budget", "budget_unit", "best_reward", "last_reward", *COUNTERS, "peak_memory_mb", "status", "image",
]  # fmt: skip


def consolidate(store: RunStore) -> None:
    """Write `curves` and `scores`, as CSV and Parquet, from the cells that are complete or failed."""
    for name, frame in zip(("curves", "scores"), _tables(store), strict=True):
        _replace(store.path / f"{name}.csv", frame)
        _replace(store.path / f"{name}.parquet", frame)


def read_tables(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `scores` and `curves` of a run folder, consolidated afresh.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    curves, scores = _tables(RunStore.open(path))
    if scores.empty:
        raise InputError(f"{path}: no cell has ended yet; `dno-bench run` the suite again to continue it")
    return scores, curves


def _tables(store: RunStore) -> tuple[pd.DataFrame, pd.DataFrame]:
    planned = {cell.id: cell for cell in store.suite().cells()}
    curves: list[Row] = []
    scores: list[Row] = []
    for cell_store in store.cells():
        cell = planned[cell_store.path.name]
        keys = _keys(store, cell)
        if cell_store.done:
            curves += [keys | event for event in cell_store.events()]
            scores += [keys | checkpoint for checkpoint in _flat(cell_store)]
        elif cell_store.read("failed"):
            scores += [keys | _failed(cell, fraction) for fraction in cell.checkpoints]
    return pd.DataFrame(curves, columns=_columns(CURVES, curves)), pd.DataFrame(
        scores, columns=_columns(SCORES, scores)
    )


def _keys(store: RunStore, cell: Cell) -> Row:
    values = (store.path.name, cell.id, cell.model, cell.method, cell.prompt, cell.reward, cell.seed)
    return dict(zip(KEYS, values, strict=True))


def _flat(cell_store: CellStore) -> list[Row]:
    peak = cell_store.read("done")["peak_memory_mb"]
    return [
        {**{k: v for k, v in row.items() if k != "metrics"}, "peak_memory_mb": peak, **row["metrics"]}
        for row in cell_store.checkpoints()
    ]


def _failed(cell: Cell, fraction: float) -> Row:
    budget = {"budget": cell.budget.amount * fraction, "budget_unit": cell.budget.unit}
    return {**budget, "best_reward": math.nan, "last_reward": math.nan, "status": "failed", "image": ""}


def _columns(first: list[str], rows: list[Row]) -> list[str]:
    further = dict.fromkeys(key for row in rows for key in row if key not in first)
    return [*first, *further]


def _replace(path: Path, frame: pd.DataFrame) -> None:
    temporary = path.with_name(f".{path.name}")
    if path.suffix == ".csv":
        frame.to_csv(temporary, index=False)
    else:
        frame.to_parquet(temporary, index=False)
    temporary.replace(path)
