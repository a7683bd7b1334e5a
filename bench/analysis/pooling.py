"""Runs read as one: what may be pooled, and on which axis.

Seconds of one device are not seconds of another, so scores at a budget in seconds are pooled within one device
only. Counts of evaluations and reward calls mean the same everywhere: on those axes runs of any device meet.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bench.errors import InputError
from bench.store.columns import COUNTERS, PAIR, TASK
from bench.store.folder import RunStore
from bench.store.pace import paces
from bench.store.tables import read_tables

AXES = {"seconds": "seconds", "evaluations": "denoiser_evals", "reward-calls": "reward_calls"}
"""How an axis is called on the command line, and its column in the store."""

_CELL = ["run", *TASK, "method", *PAIR]


def pool(runs: Sequence[Path], axis: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read runs as one pair of tables; the column `run` keeps the names of `run_names`.

    Args:
        runs: run folders.
        axis: a value of `AXES`: scores are then read at a budget on that axis (see `rebudget`). Without it they
            stay at the budgets of the runs.

    Returns:
        `scores` and `curves`.

    Raises:
        InputError: one is no run folder or nothing has ended in it; a budget in seconds would pool two devices;
            two runs hold the same cell; or one label means two things in them.
    """
    named = run_names(runs)
    parts = {name: read_tables(path) for name, path in named.items()}
    scores = pd.concat([own.assign(run=name) for name, (own, _) in parts.items()], ignore_index=True)
    curves = pd.concat([own.assign(run=name) for name, (_, own) in parts.items()], ignore_index=True)
    if "seconds" in (set(scores["budget_unit"]) if axis is None else {axis}):
        require_one_device(named, axis)
    _require_one_meaning(named)
    _require_distinct_cells(scores)
    return (scores if axis is None else rebudget(scores, curves, axis)), curves


def run_names(runs: Sequence[Path]) -> dict[str, Path]:
    """Name runs by their folders, by whole paths where two folders have the same name."""
    names = [path.resolve().name for path in runs]
    return {name if names.count(name) == 1 else str(path): path for name, path in zip(names, runs, strict=True)}


def devices(run: Path, axis: str | None = None) -> set[str]:
    """Name what the cells of a run ran on (`bench.store.pace`); without an axis, of those with a budget in seconds."""
    store = RunStore.open(run)
    return paces(store, [one for one in store.planned() if axis is not None or one.budget_unit == "seconds"])


def require_one_device(named: Mapping[str, Path], axis: str | None = None) -> None:
    """Refuse to compare seconds of two devices.

    Args:
        named: runs by name.
        axis: on which all cells are to be read; without it each at its own budget.

    Raises:
        InputError: the cells ran on more than one; says which run on which.
    """
    found = {name: devices(path, axis) for name, path in named.items()}
    if len(set.union(*found.values())) > 1:
        said = "; ".join(f"{name}: {' and '.join(sorted(names))}" for name, names in found.items())
        raise InputError(
            f"seconds of different devices are not compared ({said}); "
            "`dno-bench compare` sets them side by side with --axis evaluations"
        )


def rebudget(scores: pd.DataFrame, curves: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Read what each cell had at one budget on `axis`: the largest that every cell of its (model, reward) reached.

    Metrics and images are left out: they were measured at the budgets of the runs.

    Args:
        scores: of the store; says which cells were planned and which of them failed.
        curves: of the same runs.
        axis: a counter of the events, such as "denoiser_evals".

    Returns:
        One row a cell, as in `scores`; `status` is "none" where a cell has no event by then.
    """
    cells = scores.drop_duplicates(_CELL, keep="last")[["cell", *_CELL, "peak_memory_mb", "status"]]
    ends = curves.groupby(_CELL)[axis].max().groupby(TASK).min().rename("budget").reset_index()
    events = curves.merge(ends, on=TASK)
    events = events[events[axis] <= events["budget"]].sort_values(["step"], kind="stable")
    last = events.groupby(_CELL, as_index=False).tail(1).rename(columns={"current_reward": "last_reward"})
    rows = cells.merge(ends, on=TASK).merge(last[[*_CELL, "best_reward", "last_reward", *COUNTERS]], "left", on=_CELL)
    unscored = rows["best_reward"].isna() & (rows["status"] != "failed")
    rows["status"] = rows["status"].mask(rows["best_reward"].notna(), "ok").mask(unscored, "none")
    return rows.assign(budget_unit=axis, image="")


def _require_distinct_cells(scores: pd.DataFrame) -> None:
    cells = scores[_CELL].drop_duplicates().drop(columns="run")
    twice = cells[cells.duplicated()].drop_duplicates()
    if len(twice):
        one, n = twice.iloc[0], len(twice)
        raise InputError(
            f"{n} cells stand in more than one run, such as {one['method']!r} on {one['prompt']!r}, "
            f"seed {one['seed']}; leave a run out, or set two against each other with `dno-bench compare`"
        )


def _require_one_meaning(named: Mapping[str, Path]) -> None:
    meanings: dict[tuple[str, str], Any] = {}
    for name, path in named.items():
        for experiment in RunStore.open(path).suite().experiments:
            for field in ("models", "rewards", "methods"):
                for label, options in getattr(experiment, field).items():
                    if meanings.setdefault((field, label), options) != options:
                        raise InputError(
                            f"{label!r} of {field} has other options in {name} than in a run before it, so the two "
                            "cannot share a row; give one another label (with `use`) and run it again"
                        )
