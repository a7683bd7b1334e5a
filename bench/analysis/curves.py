"""Reward over time: the best reward so far as a right-continuous step, averaged on a logarithmic grid."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.failures import follow_base
from bench.analysis.intervals import Floats, interval, strict_mean
from bench.store.columns import PAIR, TASK

POINTS = 200


def mean_curves(
    curves: pd.DataFrame,
    scores: pd.DataFrame,
    axis: str = "seconds",
    points: int = POINTS,
    value: str = "best_reward",
) -> pd.DataFrame:
    """Average the best reward so far of all cells of a method, with a band from shared resamples.

    A method's curve begins where all of its cells have an event. On the axis of the budget it is carried
    forward to the whole budget; on another axis it ends where the first of its cells ended, since nobody
    has seen what lies beyond. Events after the whole budget do not count. A cell that failed follows
    `base` on the same prompt and seed, from the last budget on at which it had a result; a planned cell
    without events leaves its method without a curve, and so does a method of which every cell failed.

    Args:
        curves: events of the store.
        scores: of the same run: which cells were planned, which of them failed, what the budgets were.
        axis: "seconds", "denoiser_evals" or another counter of the events.
        points: how many, from the first event of any method of a task to the end.
        value: "best_reward", or "current_reward" for the last iterate.

    Returns:
        One row a method of a task and grid point: `x`, `mean`, `low`, `high` and `n` cells; NaN where the
        method has no curve.
    """
    parts = {}
    for task in task_events(curves, scores):
        if task.events.empty:
            continue
        ends = task.events[axis]
        on_budget = axis == task.unit
        grid = log_grid(ends.min(), task.budget if on_budget else ends.max(), points)
        for method, pairs in task.pairs.items():
            cells = task.events[task.events["method"] == method]
            curve = _mean_curve(align(cells, pairs, axis, grid, value))
            if not on_budget:
                curve[grid > cells.groupby(PAIR)[axis].max().min()] = np.nan
            parts[*task.key, method] = curve.assign(x=grid, n=len(pairs))
    return _stack(parts)


class TaskEvents(NamedTuple):
    """The events of one task that count, and what was planned for it.

    Attributes:
        key: the values of `TASK`.
        events: up to the whole budget, those of `base` where a cell failed; without `run` and `cell`.
        scores: its rows of the scores.
        pairs: the planned (prompt, seed) of each method, by name.
        unit: of the budget.
        budget: the whole budget.
    """

    key: tuple[str, ...]
    events: pd.DataFrame
    scores: pd.DataFrame
    pairs: dict[str, pd.MultiIndex]
    unit: str
    budget: float


def task_events(curves: pd.DataFrame, scores: pd.DataFrame) -> Iterator[TaskEvents]:
    """Go through the tasks of a run.

    Args:
        curves: events of the store.
        scores: of the same run.
    """
    # Names in full on millions of rows: what takes longest to filter, and says nothing that the keys do not.
    curves = curves.drop(columns=["run", "cell"], errors="ignore")
    for key, planned in scores.groupby(TASK):
        unit, budget = str(planned["budget_unit"].iloc[0]), float(planned["budget"].max())
        # No method is credited for its overshoot.
        mine = np.logical_and.reduce([curves[name] == value for name, value in zip(TASK, key, strict=True)])
        events = follow_base(curves[mine & (curves[unit] <= budget)], planned, unit)
        pairs = {str(method): _pairs(rows) for method, rows in planned.groupby("method")}
        yield TaskEvents(tuple(map(str, key)), events, planned, pairs, unit, budget)


def _pairs(planned: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(planned[PAIR].drop_duplicates())


def log_grid(first: float, last: float, points: int = POINTS) -> Floats:
    """Lay `points` values evenly in the logarithm from `first` to `last`, both exactly included."""
    return np.geomspace(first, last, points)


def align(cells: pd.DataFrame, pairs: pd.MultiIndex, axis: str, grid: Floats, value: str) -> pd.DataFrame:
    """Read the right-continuous steps of many cells on one grid: the last value at or before each point.

    Linear interpolation would show a gain before it happened.

    Args:
        cells: events with `prompt`, `seed`, `axis` and `value`, in any order; of equal times the later row holds.
        pairs: the (prompt, seed) that are planned.
        axis: the column that orders the events.
        grid: `(n_points,)`, ascending.
        value: the column that is read.

    Returns:
        Pairs x grid points; NaN before a cell's first event, and where it has none.
    """
    cells = cells.sort_values(axis, kind="stable")
    row = pairs.get_indexer(pd.MultiIndex.from_frame(cells[PAIR]))
    latest = np.full((len(pairs), len(grid) + 1), -1)
    np.maximum.at(latest, (row, np.searchsorted(grid, cells[axis])), np.arange(len(cells)))
    latest = np.maximum.accumulate(latest[:, :-1], axis=1)
    values = np.append(cells[value].to_numpy(float), np.nan)  # -1 reads the NaN
    return pd.DataFrame(values[latest], index=pairs)


def _mean_curve(steps: pd.DataFrame) -> pd.DataFrame:
    prompts = strict_mean(steps, ["prompt"], list(steps.columns))
    return pd.DataFrame(interval(prompts.to_numpy())._asdict())


def _stack(parts: dict[tuple[str, ...], pd.DataFrame]) -> pd.DataFrame:
    columns = [*TASK, "method", "x", "mean", "low", "high", "n"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, names=[*TASK, "method", "point"]).reset_index()[columns]
