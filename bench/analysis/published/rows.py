"""Rows of published tables beside ours: what we have in their place, and whether the two agree (statistics D7)."""

import numpy as np
import pandas as pd

from bench.analysis.published.compare import judge
from bench.analysis.scores import fill_cells


def compare_tables(published: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Read our value for each published one that has a counterpart, and judge.

    Ours is the reward, mean over prompts of the means over seeds, its standard error that over prompts, or over seeds
    where there is one prompt; NaN where a cell has no value, or the run no such cell.

    Args:
        published: one row a value, in our unit, with `model`, `reward`, `method` ("" where there is no counterpart),
            `budget_unit` and `budget` (NaN for the run's largest), `published`, `published_se` and `tolerance`.
        scores: of the store.

    Returns:
        The rows of `published` with `budget_unit` and `budget` filled in, `ours`, `ours_se` and the columns of `judge`;
        the verdict is "" where there is no counterpart.
    """
    cells = fill_cells(scores)
    columns = ["budget_unit", "budget", "ours", "ours_se"]
    ours = [_ours(row, cells) for _, row in published.iterrows()]
    measured = pd.DataFrame(ours, columns=columns, index=published.index)
    judged = judge(pd.concat([published.drop(columns=columns[:2]), measured], axis=1))
    return judged.assign(verdict=judged["verdict"].where(published["method"] != "", ""))


def _ours(row: pd.Series, cells: pd.DataFrame) -> tuple[str, float, float, float]:
    """The budget that is compared, our mean and its standard error."""
    mine = cells[(cells[["model", "reward", "method"]] == row[["model", "reward", "method"]].tolist()).all(axis=1)]
    if not pd.isna(row["budget"]):
        mine = mine[(mine["budget_unit"] == row["budget_unit"]) & (mine["budget"] == row["budget"])]
    mine = mine[mine["budget"] == mine["budget"].max()]
    if mine.empty:
        return row["budget_unit"], row["budget"], np.nan, np.nan
    unit, budget = mine[["budget_unit", "budget"]].iloc[0]
    units = mine.groupby("prompt")["best_reward"].mean() if mine["prompt"].nunique() > 1 else mine["best_reward"]
    if mine["best_reward"].isna().any():
        return unit, budget, np.nan, np.nan
    return unit, budget, float(units.mean()), float(units.std(ddof=1) / np.sqrt(len(units)))
