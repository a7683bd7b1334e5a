"""Reward over time: the best reward so far as a right-continuous step, averaged on a logarithmic grid."""

import numpy as np
import pandas as pd

from bench.analysis.intervals import Floats, cluster_interval, strict_mean
from bench.analysis.scores import BASELINE, PAIR, TASK

POINTS = 200
CELL = [*TASK, "method", *PAIR]


def mean_curves(
    curves: pd.DataFrame, scores: pd.DataFrame, axis: str = "seconds", points: int = POINTS
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

    Returns:
        One row a (model, reward, method) and grid point: `x`, `mean`, `low`, `high` and `n` cells; NaN
        where the method has no curve.
    """
    budgets = scores.groupby("budget_unit")["budget"].max()
    events = _failed_as_base(_within(curves, budgets), scores).sort_values(axis, kind="stable")
    planned = dict(iter(scores.groupby(TASK)))
    parts = {}
    for task, seen in events.groupby(TASK):
        pairs = pd.MultiIndex.from_frame(planned[task][PAIR].drop_duplicates())
        grid = log_grid(seen[axis].min(), budgets.get(axis, seen[axis].max()), points)
        for method in sorted(planned[task]["method"].unique()):
            cells = seen[seen["method"] == method]
            curve = _mean_curve(_align(cells, pairs, axis, grid))
            if axis not in budgets:
                curve[grid > cells.groupby(PAIR)[axis].max().min()] = np.nan
            parts[*task, method] = curve.assign(x=grid, n=len(pairs))
    return _stack(parts)


def log_grid(first: float, last: float, points: int = POINTS) -> Floats:
    """Lay `points` values evenly in the logarithm from `first` to `last`, both exactly included."""
    return np.geomspace(first, last, points)


def step_values(times: Floats, values: Floats, grid: Floats) -> Floats:
    """Read a right-continuous step function on a grid: the last value at or before each point.

    Args:
        times: `(n_events,)`, ascending.
        values: `(n_events,)`, what holds from each time on.
        grid: `(n_points,)`.

    Returns:
        `(n_points,)`, NaN before the first event. Linear interpolation would show a gain before it happened.
    """
    latest = np.searchsorted(times, grid, side="right") - 1
    return np.where(latest >= 0, values[latest], np.nan)


def _within(curves: pd.DataFrame, budgets: pd.Series) -> pd.DataFrame:
    """Drop what happened after the largest budget: no method is credited for its overshoot."""
    for unit, budget in budgets.items():
        curves = curves[curves[unit] <= budget]
    return curves


def _failed_as_base(events: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Replace the events of failed cells by those of `base` on the same prompt and seed."""
    failed = scores.loc[scores["status"] == "failed", CELL].drop_duplicates()
    fate = events[CELL].merge(failed, how="left", indicator=True)["_merge"]
    whole = events[(fate == "left_only").to_numpy()]
    baseline = whole[whole["method"] == BASELINE].drop(columns="method")
    return pd.concat([whole, failed.merge(baseline, on=[*TASK, *PAIR])], ignore_index=True)


def _align(cells: pd.DataFrame, pairs: pd.MultiIndex, axis: str, grid: Floats) -> pd.DataFrame:
    """Read the steps of a method's cells: (prompt, seed) x grid, a row of NaN for a pair without events."""
    steps = np.full((len(pairs), len(grid)), np.nan)
    for pair, cell in cells.groupby(PAIR):
        steps[pairs.get_loc(pair)] = step_values(cell[axis].to_numpy(), cell["best_reward"].to_numpy(), grid)
    return pd.DataFrame(steps, index=pairs)


def _mean_curve(steps: pd.DataFrame) -> pd.DataFrame:
    prompts = strict_mean(steps, ["prompt"], list(steps.columns))
    return pd.DataFrame(cluster_interval(prompts.to_numpy())._asdict())


def _stack(parts: dict[tuple[str, ...], pd.DataFrame]) -> pd.DataFrame:
    columns = [*TASK, "method", "x", "mean", "low", "high", "n"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, names=[*TASK, "method", "point"]).reset_index()[columns]
