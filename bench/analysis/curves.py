"""Reward over time: the best reward so far as a right-continuous step, averaged on a logarithmic grid."""

import numpy as np
import pandas as pd

from bench.analysis.intervals import Floats, cluster_interval, strict_mean
from bench.analysis.scores import BASELINE, PAIR, TASK

POINTS = 200
CELL = [*TASK, "method", *PAIR]


def mean_curves(
    curves: pd.DataFrame,
    scores: pd.DataFrame,
    axis: str = "seconds",
    points: int = POINTS,
    value: str = "best_reward",
) -> pd.DataFrame:
    """Average the best reward so far of all cells of a method, with a band from shared resamples.

    A method's curve begins where all of its cells have an event. On the axis of the budget it is carried
    forward to the largest budget; on another axis it ends where the first of its cells ended, since nobody
    has seen what lies beyond. Events after the largest budget do not count. A cell that failed follows
    `base` on the same prompt and seed; a planned cell without events leaves its method without a curve.

    Args:
        curves: events of the store.
        scores: of the same run: which cells were planned, which of them failed, what the budgets were.
        axis: "seconds", "denoiser_evals" or another counter of the events.
        points: how many, from the first event of any method of a (model, reward) to the end.
        value: "best_reward", or "current_reward" for the last iterate.

    Returns:
        One row a (model, reward, method) and grid point: `x`, `mean`, `low`, `high` and `n` cells; NaN
        where the method has no curve.
    """
    budgets = scores.groupby("budget_unit")["budget"].max()
    events = credited_events(curves, scores)
    parts = {}
    for task, planned in scores.groupby(TASK):
        seen = events[task_rows(events, task)]
        if seen.empty:
            continue
        pairs = pd.MultiIndex.from_frame(planned[PAIR].drop_duplicates())
        grid = log_grid(seen[axis].min(), budgets.get(axis, seen[axis].max()), points)
        for method in sorted(planned["method"].unique()):
            cells = seen[seen["method"] == method]
            curve = _mean_curve(align(cells, pairs, axis, grid, value))
            if axis not in budgets:
                curve[grid > cells.groupby(PAIR)[axis].max().min()] = np.nan
            parts[*task, method] = curve.assign(x=grid, n=len(pairs))
    return _stack(parts)


def credited_events(curves: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Keep the events that count: up to the largest budget, those of `base` in place of a failed cell's."""
    budgets = scores.groupby("budget_unit")["budget"].max()
    return _failed_as_base(_within(curves, budgets), scores)


def task_rows(events: pd.DataFrame, task: tuple[str, str]) -> pd.Series:
    """Mark the rows of one (model, reward)."""
    return (events["model"] == task[0]) & (events["reward"] == task[1])


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


def _within(curves: pd.DataFrame, budgets: pd.Series) -> pd.DataFrame:
    """Drop what happened after the largest budget: no method is credited for its overshoot."""
    for unit, budget in budgets.items():
        curves = curves[curves[unit] <= budget]
    return curves


def _failed_as_base(events: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Replace the events of failed cells by those of `base` on the same prompt and seed."""
    failed = scores.loc[scores["status"] == "failed", CELL].drop_duplicates()
    if failed.empty:
        return events
    fate = events[CELL].merge(failed, how="left", indicator=True)["_merge"]
    whole = events[(fate == "left_only").to_numpy()]
    baseline = whole[whole["method"] == BASELINE].drop(columns="method")
    return pd.concat([whole, failed.merge(baseline, on=[*TASK, *PAIR])], ignore_index=True)


def _mean_curve(steps: pd.DataFrame) -> pd.DataFrame:
    prompts = strict_mean(steps, ["prompt"], list(steps.columns))
    return pd.DataFrame(cluster_interval(prompts.to_numpy())._asdict())


def _stack(parts: dict[tuple[str, ...], pd.DataFrame]) -> pd.DataFrame:
    columns = [*TASK, "method", "x", "mean", "low", "high", "n"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, names=[*TASK, "method", "point"]).reset_index()[columns]
