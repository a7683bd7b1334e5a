"""Published numbers beside ours: what a run has in their place, and whether the two agree (statistics D7)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bench.analysis.intervals import standard_error, t_quantile
from bench.errors import unknown_name
from bench.store.columns import TASK

SLACK = 1e-9  # a difference that equals the bound must not fail for the last bit of a subtraction
MEASURED = ["ours", "ours_se", "units", "cells"]
Steps = Mapping[str, int]
"""Labels of models to their sampling steps."""


def compare_curves(published: pd.DataFrame, curves: pd.DataFrame, scores: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """Read our value for each published one of a curve, and judge.

    Ours is the mean over the cells of one model, reward, method and whole budget. A cell that failed or ended before
    the step leaves the value open: it is never averaged away.

    Args:
        published: of `bench.analysis.published.values.curve_values`.
        curves: events of the run.
        scores: of the same run: which cells were planned.
        steps: sampling steps of the run's models.

    Returns:
        The rows of `published` with the columns of `judge`.

    Raises:
        InputError: `curves` has no such column.
    """
    ours = [_on_curve(row, curves, _cells_of(row, scores, steps)) for _, row in published.iterrows()]
    return _judged(published, ours)


def compare_tables(published: pd.DataFrame, scores: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """Read our value for each published one of a table in each task that it stands beside, and judge.

    Ours is the reward, mean over prompts of the means over seeds; NaN where a cell has no score of its own.

    Args:
        published: of `bench.analysis.published.values.table_values`.
        scores: of the store.
        steps: sampling steps of the run's models.

    Returns:
        The rows of `published`, once a task of the same model and reward, with `task_budget`, `budget_unit` and
        `budget` filled in, and the columns of `judge`; the verdict is "" where there is no counterpart.
    """
    tasks = scores[TASK].drop_duplicates()
    beside = published.merge(tasks, how="left", on=["model", "reward"]).fillna({"task_budget": ""})
    cells = scores.assign(best_reward=scores["best_reward"].where(scores["status"] == "ok"))
    mine = [_at_budget(row, _cells_of(row, cells, steps)) for _, row in beside.iterrows()]
    judged = _judged(beside, [_mean(own["best_reward"], own["prompt"]) for own in mine])
    for name in ("budget_unit", "budget"):
        judged[name] = [own[name].iloc[0] if len(own) else said for own, said in zip(mine, beside[name], strict=True)]
    return judged.assign(verdict=judged["verdict"].where(judged["method"] != "", ""))


def of_setting(published: pd.DataFrame, scores: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """The values of published curves for whose setting `scores` has a cell."""
    met = [len(_cells_of(row, scores, steps)) > 0 for _, row in published.iterrows()]
    found: pd.DataFrame = published[met].reset_index(drop=True)
    return found


def judge(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the verdict on each row: match if |ours - published| <= max(tolerance, t sqrt(SE^2 + SE^2)).

    t is the 97.5 % quantile of Student's t for as many prompts as ours is of: 1.96 for many, 4.3 for three. An unknown
    standard error counts as 0, so that the tolerance alone decides. A match says that no difference was found, not
    that there is none.

    Args:
        rows: with `ours`, `ours_se`, `units` (how many it is the error of), `published`, `published_se` and
            `tolerance`.

    Returns:
        The rows with `difference`, `allowed` and `verdict`: "match", "differs", "missing" without ours, or "" where
        ours has nothing published beside it.
    """
    errors = np.hypot(rows["ours_se"].astype(float).fillna(0), rows["published_se"].astype(float).fillna(0))
    reach = t_quantile(np.maximum(rows["units"].to_numpy(float) - 1, 1))
    difference, allowed = rows["ours"] - rows["published"], np.maximum(rows["tolerance"], reach * errors)
    agrees = difference.abs() <= allowed + SLACK
    verdict = np.select([rows["ours"].isna(), difference.isna(), agrees], ["missing", "", "match"], "differs")
    return rows.assign(difference=difference, allowed=allowed, verdict=verdict)


def _judged(published: pd.DataFrame, ours: list[tuple[float, float, int, int]]) -> pd.DataFrame:
    return judge(pd.concat([published, pd.DataFrame(ours, columns=MEASURED, index=published.index)], axis=1))


def _cells_of(row: pd.Series, scores: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """The rows of scores that a published value is compared with: its setting, and no other."""
    keys = [*TASK, "method"]
    sampled_alike = pd.isna(row["steps"]) or steps.get(row["model"]) == row["steps"]
    mine: pd.DataFrame = scores[(scores[keys] == row[keys].tolist()).all(axis=1) & sampled_alike]
    return mine


def _at_budget(row: pd.Series, mine: pd.DataFrame) -> pd.DataFrame:
    """The rows at the published budget; where it names none, at the whole budget of the task."""
    whole = mine["budget"] == mine["budget"].max()
    said = (mine["budget_unit"] == row["budget_unit"]) & (mine["budget"] == row["budget"])
    found: pd.DataFrame = mine[whole if pd.isna(row["budget"]) else said]
    return found


def _on_curve(row: pd.Series, curves: pd.DataFrame, planned: pd.DataFrame) -> tuple[float, float, int, int]:
    if row["logged"] not in curves.columns:
        raise unknown_name("column of curves.csv", row["logged"], curves.columns)
    prompts = planned.drop_duplicates("cell").set_index("cell")["prompt"]
    mine = curves[curves["cell"].isin(prompts.index)]
    values = mine.pivot(index="cell", columns="step", values=row["logged"]) * row["factor"]
    values = values.reindex(index=prompts.index, columns=[row["step"], row["since"]])
    found = values[row["step"]] - (0 if pd.isna(row["since"]) else values[row["since"]])
    return _mean(found, prompts)


def _mean(values: "pd.Series[float]", prompts: "pd.Series[str]") -> tuple[float, float, int, int]:
    """The mean over prompts, its error over them, or over seeds where there is one prompt; and how many, and cells."""
    if values.empty or values.isna().any():
        return np.nan, np.nan, 0, len(values)
    units = np.asarray(values.groupby(prompts).mean() if prompts.nunique() > 1 else values, dtype=np.float64)
    error = float(standard_error(units)) if len(units) > 1 else np.nan
    return float(units.mean()), error, len(units), len(values)
