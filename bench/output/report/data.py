"""What the page's script draws: curves, cells, paths and images, as plain lists that JSON can hold."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

import pandas as pd

from bench.analysis.declared import direction
from bench.analysis.hacking import DISTANCE
from bench.analysis.probability import TRUTHS
from bench.analysis.scores import metric_names
from bench.analysis.telling import telling_prompts
from bench.output.evidence import GAIN, Evidence
from bench.output.looks import ALWAYS, MOST, MUTED
from bench.output.report.pictures import Pictures
from bench.output.tables.sentences import task_names
from bench.store.columns import BASELINE, COLUMNS, PAIR, TASK
from bench.suite.budget import budget_text

POINTS = 120
MOST_CELLS = 20_000
DIGITS = 5

Json = dict[str, Any]
Task = tuple[object, ...]


def page_data(found: Evidence, pictures: Pictures) -> Json:
    """Everything that the script shows.

    Args:
        found: one run, or several as one.
        pictures: takes in the images of the cells.
    """
    scores = found.scores
    kept, tasks = _first_seeds(scores), dict(sorted(task_names(scores).items()))
    kinds, prompts = _kinds(found), list(dict.fromkeys(scores["prompt"]))
    return {
        "baseline": BASELINE,
        "methods": _methods(found),
        "muting": {"most": MOST, "always": ALWAYS, "colour": MUTED.colour},
        "tasks": list(tasks.values()),
        "axes": [{"key": axis, "label": COLUMNS[axis].title} for axis in found.axes],
        "kinds": [{"key": kind, "label": label} for kind, label in kinds.items()],
        "curves": {kind: _curves(found, kind, tasks) for kind in kinds},
        "prompts": prompts,
        "telling": _telling(scores, prompts, tasks),
        "judges": _judges(scores),
        "captions": _captions(found),
        "paths": _paths(found.summary, _judges(scores), tasks),
        "cells": _cells(kept, tasks, found, pictures),
        "pictures": pictures.uris,
        "cells_left_out": len(scores) - len(kept),
    }


def _first_seeds(scores: pd.DataFrame) -> pd.DataFrame:
    """Order rows so that what a full page leaves out are further seeds, then earlier budgets, never a method."""
    return scores.sort_values(["seed", "budget"], ascending=[True, False], kind="stable").head(MOST_CELLS)


def _methods(found: Evidence) -> list[Json]:
    return [
        {"name": name, **look._asdict(), "pointwise": name in found.pointwise} for name, look in found.looks.items()
    ]


def _judges(scores: pd.DataFrame) -> list[str]:
    """The metrics that tell something apart from the reward, distance first; parts of a metric are left out."""
    metrics = [name for name in metric_names(scores) if scores[name].notna().any()]
    whole = [name for name in metrics if name.rpartition("/")[0] not in metrics or name.endswith("/log-p")]
    return sorted(whole, key=lambda name: (name != DISTANCE, name))


def _telling(scores: pd.DataFrame, prompts: list[str], tasks: Iterable[Task]) -> list[list[int]]:
    """The places of each task's prompts in `prompts`, the most telling first."""
    places, found = {prompt: place for place, prompt in enumerate(prompts)}, telling_prompts(scores)
    return [[places[prompt] for prompt in _of(task, found)["prompt"]] for task in tasks]


def _captions(found: Evidence) -> list[Json]:
    """What stands below an image, and which way is better: the reward, and what is known of its truth."""
    known = [name for name in TRUTHS if name in _judges(found.scores)]
    truths = [{"name": name, "direction": direction(name, found.directions)} for name in known]
    return [{"name": "reward", "direction": direction("best_reward", found.directions)}, *truths]


def _kinds(found: Evidence) -> dict[str, str]:
    """What curves show, in words: gains where they are known, and rewards."""
    rewards = {"reward": COLUMNS["best_reward"].title}
    return {"gain": GAIN} | rewards if found.gains else rewards


def _curves(found: Evidence, kind: str, tasks: Iterable[Task]) -> Json:
    """The curves on each axis: for each task by method."""
    columns = {name: name for name in ("x", "mean", "low", "high")}
    means = {axis: found.mean_curves(axis, POINTS, gains=kind == "gain").dropna(subset="mean") for axis in found.axes}
    return {axis: [_by_method(rows, task, columns) for task in tasks] for axis, rows in means.items()}


def _paths(summary: pd.DataFrame, judges: Iterable[str], tasks: Iterable[Task]) -> list[Json]:
    """The means of reward and judges at each budget, a path a method."""
    return [_by_method(summary, task, {"reward": "mean", **{name: name for name in judges}}) for task in tasks]


def _by_method(rows: pd.DataFrame, task: Task, columns: Mapping[str, str]) -> Json:
    return {
        str(method): {name: _numbers(mine[column]) for name, column in columns.items()}
        for method, mine in _of(task, rows).groupby("method")
    }


def _of(task: Task, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows[TASK] == list(task)).all(axis=1)]


def _cells(rows: pd.DataFrame, tasks: Iterable[Task], found: Evidence, pictures: Pictures) -> Json:
    """One entry a cell and budget, column by column."""
    places = {task: number for number, task in enumerate(tasks)}
    images = [found.image(row) for _, row in rows[["run", "image"]].iterrows()]
    return {
        "task": [places[task] for task in rows[TASK].itertuples(index=False, name=None)],
        "method": rows["method"].tolist(),
        **{name: rows[name].tolist() for name in PAIR},
        "budget": [float(budget) for budget in rows["budget"]],
        "when": [budget_text(*one) for one in zip(rows["budget"], rows["budget_unit"], strict=True)],
        "status": rows["status"].tolist(),
        "reward": _numbers(rows["best_reward"]),
        "judges": {name: _numbers(rows[name]) for name in _judges(rows)},
        "image": [pictures.add(image) if image else None for image in images],
    }


def _numbers(values: pd.Series) -> list[float | None]:
    """Round to a few significant digits; what is no number is null."""
    return [float(f"{value:.{DIGITS}g}") if isfinite(value) else None for value in values.astype(float)]
