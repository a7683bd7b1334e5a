"""One number for a whole curve: how much of the possible reward a method has on average, early and late."""

import numpy as np
import pandas as pd

from bench.analysis.aggregate import Anchors, anchored
from bench.analysis.curves import TaskEvents, task_events
from bench.analysis.intervals import strict_mean
from bench.analysis.scores import fill_cells, largest_budget, task_intervals
from bench.store.columns import PAIR, TASK

START = 0.01
"""The window on logarithmic time begins at this share of the budget: two decades, whatever methods are compared."""
AREAS = ["anytime", "linear"]


def anytime_scores(curves: pd.DataFrame, scores: pd.DataFrame, anchors: Anchors, axis: str = "seconds") -> pd.DataFrame:
    """Average the best reward so far over logarithmic and over linear time.

    `A = 1 / ln(T / t0)` times the integral of clip(z, 0, 1) over ln t from t0 = T / 100 to the budget T (the area
    under the curve of COCO and IOH, AOCC), exact on steps. z is on the scale of the anchors, and 0 before the first
    image. On another axis than the budget's, T is where the first cell of the task ended, so that no cell is carried
    on: such numbers hold for the methods of this run only.

    Returns:
        One row a (model, reward, method): `anytime`, and `linear` (over t from 0 to T), each with `_low` and `_high`,
        its 95 % cluster bootstrap interval over prompts, and `n` cells. A failed cell follows `base`; NaN where that
        has no events either, or a cell has not run.

    Raises:
        InputError: a reward has no anchors.
    """
    parts = [_task_areas(task, axis) for task in task_events(anchored(curves, anchors), scores)]
    cells = pd.concat(parts)
    prompts = strict_mean(cells, [*TASK, "method", "prompt"], AREAS)
    columns = [task_intervals(prompts[name]).set_axis([name, f"{name}_low", f"{name}_high"], axis=1) for name in AREAS]
    return pd.concat([*columns, cells.groupby([*TASK, "method"]).size().rename("n")], axis=1).reset_index()


def _task_areas(task: TaskEvents, axis: str) -> pd.DataFrame:
    """The two areas of each planned cell of a task."""
    cell = [*TASK, "method", *PAIR]
    planned = fill_cells(largest_budget(task.scores)).set_index(cell)
    ends = task.events.groupby(cell)[axis].max()
    areas = _areas(task.events, cell, axis, task.budgets.get(axis, ends.min())).reindex(planned.index)
    idle = planned["status"].isin(["ok", "none"]).to_numpy()[:, None]  # ended in good order with nothing to show
    return areas.mask(areas.isna() & idle, 0.0)


def _areas(events: pd.DataFrame, cell: list[str], axis: str, end: float) -> pd.DataFrame:
    """Integrate the steps of each cell: every event holds until the next one, the last until `end`."""
    events = events.sort_values(axis, kind="stable")
    since = events[axis].clip(upper=end)
    until = events.groupby(cell)[axis].shift(-1).fillna(end).clip(upper=end)
    z = events["z"].clip(0, 1)
    logs = np.log(until.clip(lower=START * end)) - np.log(since.clip(lower=START * end))
    shares = {"anytime": z * logs / -np.log(START), "linear": z * (until - since) / end}
    return pd.DataFrame(shares).groupby([events[key] for key in cell]).sum()
