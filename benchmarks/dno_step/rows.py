"""The rows of the benchmark: kept as they come, with what follows from several of them worked out anew each time."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bench.run.best_batch import best_of
from bench.store.files import write_atomically
from benchmarks.dno_step.ways import Task


class Setting(NamedTuple):
    """What rows must share to be compared.

    Attributes:
        family: the model's registered name.
        device: its maker's name of it.
        threads: of torch on the processor.
        steps: sampling steps.
    """

    family: str
    device: str
    threads: int
    steps: int


KEY = [*Setting._fields, "method", "way", "batch"]
COLUMNS = [
    "family", "method", "way", "batch", "seconds", "times_official", "images_per_second", "share_of_best", "auto",
    "peak_gib", "matrix_share", "gradient_error", "gradient_cosine", "verdict", "precision", "autocast", "replay",
    "recompute", "steps", "repeats", "slowest_seconds", "prepare_seconds", "compile_seconds", "matrix_tflops",
    "step_tflop", "note", "device", "threads", "load", "torch", "diffusers", "date",
]  # fmt: skip
SHOWN = [*COLUMNS[: COLUMNS.index("steps") + 1], "device", "threads", "note"]
SAME = 1.05
"""Up to which ratio two distances from float32 count as equal: some kernels add in an order of their own each time."""


class Rows:
    """`dno_step.csv` and `dno_step.md` in a folder; a kill keeps the rows that were added before."""

    def __init__(self, folder: Path) -> None:
        self._csv, self._markdown = folder / "dno_step.csv", folder / "dno_step.md"
        folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> pd.DataFrame:
        """All rows so far, in `COLUMNS`."""
        return pd.read_csv(self._csv) if self._csv.exists() else pd.DataFrame(columns=COLUMNS)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, or put it in the place of the one with its key."""
        self._write([*self._others(row), {name: row.get(name) for name in COLUMNS}])

    def forget_failures(self, setting: Setting) -> None:
        """Take out the rows of a setting that hold no figure, so that they are measured."""
        found = self.read()
        self._write(found[found["seconds"].notna() | ~_of(found, setting)].to_dict("records"))

    def missing(self, setting: Setting, tasks: list[Task]) -> list[Task]:
        """The tasks that have no row in a setting."""
        found = self.read()
        there = set(found.loc[_of(found, setting), ["method", "way", "batch"]].itertuples(index=False, name=None))
        return [task for task in tasks if (task.method, task.way, task.batch) not in there]

    def _others(self, row: Mapping[str, Any]) -> list[dict[Any, Any]]:
        return [one for one in self.read().to_dict("records") if any(one[name] != row[name] for name in KEY)]

    def _write(self, rows: list[dict[Any, Any]]) -> None:
        frame = derived(pd.DataFrame(rows, columns=COLUMNS))
        write_atomically(self._csv, frame.to_csv(index=False))
        write_atomically(self._markdown, markdown(frame[SHOWN]))


def _of(rows: pd.DataFrame, setting: Setting) -> "pd.Series[bool]":
    """Which rows are of a setting."""
    return (rows[list(Setting._fields)] == list(setting)).all(axis="columns")


def derived(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the columns that compare one with others of its setting filled in."""
    groups = rows.groupby(list(Setting._fields), sort=False, dropna=False)
    parts = [_of_batches(_of_setting(part)) for _, part in groups]
    return pd.concat(parts) if parts else rows


def _of_setting(rows: pd.DataFrame) -> pd.DataFrame:
    official = rows[rows["way"] == "official"].set_index("method")["seconds"]
    eager = rows.loc[rows["way"] == "eager", "gradient_error"].max()
    farther = rows["gradient_error"] > SAME * eager
    verdict = farther.map({True: "farther from fp32 than eager", False: "no farther from fp32 than eager"})
    judged = rows["gradient_error"].notna() & (rows["way"] != "eager") & pd.notna(eager)
    return rows.assign(
        times_official=rows["method"].map(official) / rows["seconds"], verdict=verdict.where(judged, None)
    )


def _of_batches(rows: pd.DataFrame) -> pd.DataFrame:
    rates = rows.set_index("batch")["images_per_second"].astype(float).dropna().sort_index()
    seconds = {int(batch): batch / rate for batch, rate in rates.items()}
    chosen = best_of(seconds, math.inf) if seconds else None
    return rows.assign(
        share_of_best=rows["images_per_second"].astype(float) / rates.max(),
        auto=(rows["batch"] == chosen).where(rows["images_per_second"].notna(), None),
    )


def markdown(rows: pd.DataFrame) -> str:
    """A table of the columns that hold anything."""
    shown = rows.dropna(axis="columns", how="all")
    lines = [list(shown.columns), ["---"] * shown.shape[1], *shown.map(_text).values.tolist()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.3g}"
    return "" if value is None else str(value).replace("|", "/")
