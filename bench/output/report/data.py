"""What the page's script draws: curves, cells, paths and images, as plain lists that JSON can hold."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.curves import mean_curves
from bench.analysis.hacking import DISTANCE
from bench.analysis.pooling import AXES
from bench.analysis.scores import metric_names, summarise
from bench.output.looks import looks
from bench.output.report.pictures import Pictures
from bench.store.columns import PAIR
from bench.suite.budget import budget_text

POINTS = 120
MOST_CELLS = 20_000
DIGITS = 5
_LABELS = {"seconds": "method seconds", "denoiser_evals": "denoiser evaluations", "reward_calls": "reward calls"}

Json = dict[str, Any]
Task = tuple[str, str]


def page_data(
    scores: pd.DataFrame, curves: pd.DataFrame, runs: Mapping[str, Path], axes: Sequence[str], pictures: Pictures
) -> Json:
    """Everything that the script shows.

    Args:
        scores: of the store, or pooled.
        curves: of the same runs.
        runs: where the images of each run lie, by the names in the column `run`.
        axes: the columns that curves are drawn against.
        pictures: takes in the images of the cells.
    """
    kept = _first_seeds(scores)
    tasks: list[Task] = sorted(set(zip(scores["model"], scores["reward"], strict=True)))
    several = len({model for model, _ in tasks}) > 1
    return {
        "methods": _methods(scores),
        "tasks": [f"{reward} on {model}" if several else reward for model, reward in tasks],
        "axes": [{"key": axis, "label": _LABELS[axis]} for axis in axes],
        "curves": {axis: _curves(mean_curves(curves, scores, axis, POINTS), tasks) for axis in axes},
        "prompts": list(dict.fromkeys(scores["prompt"])),
        "judges": _judges(scores),
        "paths": _paths(scores, tasks),
        "cells": _cells(kept, tasks, runs, pictures),
        "pictures": pictures.uris,
        "cells_left_out": len(scores) - len(kept),
    }


def axes_of(curves: pd.DataFrame, one_device: bool) -> list[str]:
    """The axes that these runs may share: seconds only within one device."""
    return [axis for axis in AXES.values() if axis in curves and (one_device or axis != "seconds")]


def _first_seeds(scores: pd.DataFrame) -> pd.DataFrame:
    """Order rows so that what a full page leaves out are further seeds, then earlier budgets, never a method."""
    return scores.sort_values(["seed", "budget"], ascending=[True, False], kind="stable").head(MOST_CELLS)


def _methods(scores: pd.DataFrame) -> list[Json]:
    given = looks(list(scores["method"].unique()))
    return [{"name": name, **look._asdict()} for name, look in given.items()]


def _judges(scores: pd.DataFrame) -> list[str]:
    """The metrics that tell something apart from the reward, distance first; parts of a metric are left out."""
    metrics = [name for name in metric_names(scores) if scores[name].notna().any()]
    whole = [name for name in metrics if name.rpartition("/")[0] not in metrics or name.endswith("/log-p")]
    return sorted(whole, key=lambda name: (name != DISTANCE, name))


def _curves(means: pd.DataFrame, tasks: list[Task]) -> list[Json]:
    found = []
    for model, reward in tasks:
        rows = means[(means["model"] == model) & (means["reward"] == reward) & means["mean"].notna()]
        series = {
            str(method): {name: _numbers(mine[name]) for name in ("x", "mean", "low", "high")}
            for method, mine in rows.groupby("method")
        }
        found.append(series)
    return found


def _paths(scores: pd.DataFrame, tasks: list[Task]) -> list[Json]:
    """The means of reward and judges at each budget, a path a method."""
    means = summarise(scores)
    judges = _judges(scores)
    return [
        {
            str(method): {"reward": _numbers(mine["mean"]), **{name: _numbers(mine[name]) for name in judges}}
            for method, mine in means[(means["model"] == model) & (means["reward"] == reward)].groupby("method")
        }
        for model, reward in tasks
    ]


def _cells(rows: pd.DataFrame, tasks: list[Task], runs: Mapping[str, Path], pictures: Pictures) -> Json:
    """One entry a cell and budget, column by column."""
    places = {task: number for number, task in enumerate(tasks)}
    images = rows["image"].astype(object).where(rows["image"].notna(), "")
    return {
        "task": [places[task] for task in zip(rows["model"], rows["reward"], strict=True)],
        "method": rows["method"].tolist(),
        **{name: rows[name].tolist() for name in PAIR},
        "budget": [float(budget) for budget in rows["budget"]],
        "when": [budget_text(*one) for one in zip(rows["budget"], rows["budget_unit"], strict=True)],
        "status": rows["status"].tolist(),
        "reward": _numbers(rows["best_reward"]),
        "judges": {name: _numbers(rows[name]) for name in _judges(rows)},
        "image": [
            pictures.add(runs[run] / image) if image else None
            for run, image in zip(rows["run"], images, strict=True)
        ],
    }  # fmt: skip


def _numbers(values: pd.Series) -> list[float | None]:
    """Round to a few significant digits; what is no number is null."""
    return [float(f"{value:.{DIGITS}g}") if isfinite(value) else None for value in values.astype(float)]
