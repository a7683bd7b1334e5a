"""One number for a whole curve: how much of the possible reward a method has on average, early and late."""

import numpy as np
import pandas as pd

from bench.analysis.aggregate import Anchors, anchored
from bench.analysis.curves import TaskEvents, task_events
from bench.analysis.intervals import strict_mean
from bench.analysis.scores import fill_cells, largest_budget
from bench.analysis.task_pooling import pooled_interval
from bench.store.columns import PAIR, TASK

START = 0.01
"""The window on the logarithm begins at this share of the budget: two decades, whatever methods are compared."""


def anytime_scores(curves: pd.DataFrame, scores: pd.DataFrame, anchors: Anchors) -> pd.DataFrame:
    """Average the best reward so far over the logarithm of what was spent, over all tasks.

    `A = 1 / ln(T / t0)` times the integral of clip(z, 0, 1) over ln t from t0 = T / 100 to the whole budget T, in the
    unit of each task's budget (the area under the curve of COCO and IOH, AOCC), exact on steps. z is on the scale of
    the anchors, and 0 before the first image. A failed cell follows `base`, as in the curves.

    Returns:
        One row a `method`: `anytime`, with `anytime_low` and `anytime_high`, its 95 % interval over prompts
        (`pooled_interval`); NaN for a method that was not planned for all tasks or has a cell without a value.

    Raises:
        InputError: a reward has no anchors.
    """
    cells = pd.concat([_task_areas(task) for task in task_events(anchored(curves, anchors), scores)])
    prompts = strict_mean(cells.to_frame("area"), [*TASK, "prompt", "method"], ["area"])["area"].unstack("method")
    estimate = pooled_interval(prompts)
    columns = dict(zip(("anytime", "anytime_low", "anytime_high"), estimate, strict=True))
    return pd.DataFrame(columns, index=prompts.columns).reset_index()


def _task_areas(task: TaskEvents) -> "pd.Series[float]":
    """The area of each planned cell of a task."""
    cell = [*TASK, "method", *PAIR]
    planned = fill_cells(largest_budget(task.scores)).set_index(cell)
    areas = _areas(task.events, cell, task.unit, task.budget).reindex(planned.index)
    idle = planned["status"].isin(["ok", "none"])  # ended in good order with nothing to show
    return areas.mask(areas.isna() & idle, 0.0)


def _areas(events: pd.DataFrame, cell: list[str], axis: str, end: float) -> "pd.Series[float]":
    """Integrate the steps of each cell: every event holds until the next one, the last until `end`."""
    events = events.sort_values(axis, kind="stable")
    since = events[axis].clip(lower=START * end)
    until = events.groupby(cell)[axis].shift(-1).fillna(end).clip(lower=START * end)
    areas = events["z"].clip(0, 1) * (np.log(until) - np.log(since)) / -np.log(START)
    found: pd.Series[float] = areas.groupby([events[key] for key in cell]).sum()
    return found
