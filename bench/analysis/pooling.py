"""Runs read as one: what may be pooled, and on which axis.

Seconds of one device are not seconds of another, so scores at a budget in seconds are pooled within one device
only. Counts of evaluations and reward calls mean the same everywhere: on those axes runs of any device meet.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bench.errors import InputError
from bench.store.columns import COMPILE, COUNTERS, GROUP, MACHINE, PAIR, PEAK, TASK
from bench.store.pace import paces
from bench.store.plugins import PluginRecord
from bench.suite.budget import Budget, Unit

AXES: Mapping[str, Unit] = {"seconds": "seconds", "evaluations": "denoiser_evals", "reward-calls": "reward_calls"}
"""How an axis is called on the command line, and its column in the store."""

_CELL = ["run", *TASK, "method", *PAIR]
_OF_CELLS = [PEAK, COMPILE, *MACHINE, "step_speed", "contended"]
"""What is known of whole cells, whatever the budget that they are read at."""


class RunTables(NamedTuple):
    """What pooling needs to know of one run: its tables, and what its labels mean."""

    scores: pd.DataFrame
    curves: pd.DataFrame
    plugins: Sequence[PluginRecord]


def pool(runs: Mapping[str, RunTables], axis: Unit | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read runs as one pair of tables.

    Args:
        runs: by the names that the column `run` gets.
        axis: what is read in place of budgets in seconds of several devices (`recount`); None or "seconds" for nothing.

    Returns:
        `scores` and `curves`.

    Raises:
        InputError: a budget in seconds would pool two devices; two runs hold the same cell; or one label means two
            things in them, or one thing whose file was edited in between.
    """
    devices = {name: paces(one.scores) for name, one in runs.items()}
    if axis is None or axis == "seconds":
        require_one_device(devices)
    scores = _ran_somewhere(pd.concat([one.scores.assign(run=name) for name, one in runs.items()]))
    curves = pd.concat([one.curves.assign(run=name) for name, one in runs.items()], ignore_index=True)
    _require_one_meaning({name: one.plugins for name, one in runs.items()})
    _require_distinct_cells(scores)
    return recount(scores, curves, axis) if axis is not None and _several(devices) else (scores, curves)


def require_one_device(devices: Mapping[str, AbstractSet[str]]) -> None:
    """Refuse to compare seconds of two devices.

    Args:
        devices: what the cells of each run ran on (`bench.store.pace.paces`).

    Raises:
        InputError: the cells ran on more than one; says which run on which.
    """
    if _several(devices):
        said = "; ".join(f"{name}: {' and '.join(sorted(names))}" for name, names in devices.items())
        raise InputError(
            f"seconds of different devices are not compared ({said}); "
            "`dno-bench report` reads them as one, and `dno-bench compare` side by side, with --axis evaluations"
        )


def recount(scores: pd.DataFrame, curves: pd.DataFrame, axis: Unit) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read scores at one budget on `axis` (`rebudget`), and the events as of the tasks that this makes.

    Args:
        scores: of the store.
        curves: of the same runs.
        axis: a counter of the events, such as "denoiser_evals".

    Returns:
        `scores` and `curves`.
    """
    cell, rows = ["run", "cell"], rebudget(scores, curves, axis)
    tasks = rows.set_index(cell)["task_budget"].reindex(pd.MultiIndex.from_frame(curves[cell]))
    return rows, curves.assign(task_budget=tasks.to_numpy())


def rebudget(scores: pd.DataFrame, curves: pd.DataFrame, axis: Unit) -> pd.DataFrame:
    """Read what each cell had at one budget on `axis`: the largest that every cell of its task reached.

    Tasks that differ in their budgets alone become one, unless a run has several of them. Metrics and images are left
    out: they were measured at the budgets of the runs.

    Args:
        scores: of the store; says which cells were planned and which of them failed or have not run.
        curves: of the same runs.
        axis: a counter of the events, such as "denoiser_evals".

    Returns:
        One row a cell, as in `scores`; `status` is "none" where a cell has no event by then.
    """
    cells = scores.sort_values("budget").drop_duplicates(_CELL, keep="last")
    cells = cells[["cell", *_CELL, "status", *(name for name in _OF_CELLS if name in cells)]]
    ran = curves.merge(cells.loc[~cells["status"].isin(["failed", "missing"]), _CELL], on=_CELL)
    task = TASK if cells.groupby(["run", "model", "reward"])["task_budget"].nunique().max() > 1 else TASK[:2]
    ends = ran.groupby(_CELL)[axis].max().groupby(task).min().rename("budget").reset_index()
    events = ran.merge(ends, on=task)
    events = events[events[axis] <= events["budget"]].sort_values(["step"], kind="stable")
    last = events.groupby(_CELL, as_index=False).tail(1).rename(columns={"current_reward": "last_reward"})
    rows = cells.merge(ends, on=task).merge(last[[*_CELL, "best_reward", "last_reward", *COUNTERS]], "left", on=_CELL)
    known = rows["status"].isin(["failed", "missing"])
    rows["status"] = rows["status"].where(known, "none").mask(rows["best_reward"].notna(), "ok")
    if task != TASK:
        rows["task_budget"] = [str(Budget(amount, axis)) for amount in rows["budget"]]
    return rows.assign(budget_unit=axis, image="")


def _several(devices: Mapping[str, AbstractSet[str]]) -> bool:
    return len(frozenset().union(*devices.values())) > 1


def _ran_somewhere(scores: pd.DataFrame) -> pd.DataFrame:
    """Drop what one run has only planned where another planned it too: a suite may be run in parts."""
    missing = scores["status"].eq("missing")
    ordered = scores.assign(missing=missing).sort_values("missing", kind="stable")
    spare = ordered["missing"] & ordered.duplicated([*GROUP, *PAIR])
    return ordered[~spare].drop(columns="missing").reset_index(drop=True)


def _require_distinct_cells(scores: pd.DataFrame) -> None:
    cells = scores[_CELL].drop_duplicates().drop(columns="run")
    twice = cells[cells.duplicated()].drop_duplicates()
    if len(twice):
        one, n = twice.iloc[0], len(twice)
        raise InputError(
            f"{n} cells stand in more than one run, such as {one['method']!r} on {one['prompt']!r}, "
            f"seed {one['seed']}; leave a run out, or set two against each other with `dno-bench compare`"
        )


def _require_one_meaning(plugins: Mapping[str, Sequence[PluginRecord]]) -> None:
    """Sets of samples are measured within each run, so what set metrics mean does not matter here."""
    first: dict[tuple[str, str], PluginRecord] = {}
    for run, record in ((run, record) for run, records in plugins.items() for record in records):
        before = first.setdefault((record.kind, record.label), record)
        if record.kind == "set_metric":
            continue
        if (record.name, record.options) != (before.name, before.options):
            raise InputError(
                f"{record.label!r} of {record.kind}s has other options in {run} than in a run before it, so the two "
                "cannot share a row; give one another label (with `use`) and run it again"
            )
        if record.sha256 != before.sha256:
            raise InputError(
                f"{record.label!r} of {record.kind}s ran in {run} with another version of {Path(record.source).name} "
                "than in a run before it, so the two cannot share a row; run one again, or set the runs against each "
                "other with `dno-bench compare`"
            )
