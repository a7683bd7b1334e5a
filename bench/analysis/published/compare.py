"""Published numbers beside ours: what a run has at the published steps, and whether the two agree (statistics D7)."""

import numpy as np
import pandas as pd

from bench.errors import unknown_name

Z = 1.96
SLACK = 1e-9  # a difference that equals the bound must not fail for the last bit of a subtraction


def compare(published: pd.DataFrame, curves: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Read our value for each published one, and judge.

    Ours is the mean over the method's cells, its standard error that over prompts, or over seeds where there is
    one prompt. A cell that failed or ended before the step leaves the value open: it is never averaged away.

    Args:
        published: one row a value, with `method`; `column` of `curves` and the `factor` that it takes; `step`;
            `since`, the step whose value is subtracted, NaN for none; `published`; `published_se`, NaN where
            not known; `tolerance`.
        curves: events of the run.
        scores: of the same run: which cells were planned.

    Returns:
        The rows of `published` with `ours`, `ours_se` (NaN for one cell), `cells`, and the columns of `judge`.

    Raises:
        InputError: `curves` has no such column.
    """
    ours = [_ours(row, curves, scores[scores["method"] == row["method"]]) for _, row in published.iterrows()]
    measured = pd.DataFrame(ours, columns=["ours", "ours_se", "cells"], index=published.index)
    return judge(pd.concat([published, measured], axis=1))


def judge(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the verdict on each row: match if |ours - published| <= max(tolerance, 1.96 sqrt(SE^2 + SE^2)).

    An unknown standard error counts as 0, so that the tolerance alone decides. A match says that no difference
    was found, not that there is none.

    Args:
        rows: with `ours`, `ours_se`, `published`, `published_se` and `tolerance`.

    Returns:
        The rows with `difference`, `allowed` and `verdict`: "match", "differs", or "missing" without ours.
    """
    errors = np.hypot(rows["ours_se"].astype(float).fillna(0), rows["published_se"].astype(float).fillna(0))
    difference, allowed = rows["ours"] - rows["published"], np.maximum(rows["tolerance"], Z * errors)
    agrees = difference.abs() <= allowed + SLACK
    verdict = np.select([difference.isna(), agrees], ["missing", "match"], "differs")
    return rows.assign(difference=difference, allowed=allowed, verdict=verdict)


def _ours(row: pd.Series, curves: pd.DataFrame, planned: pd.DataFrame) -> tuple[float, float, int]:
    """The mean, its standard error and the number of cells for one published value."""
    if row["column"] not in curves.columns:
        raise unknown_name("column of curves.csv", row["column"], curves.columns)
    prompts = planned.drop_duplicates("cell").set_index("cell")["prompt"]
    mine = curves[curves["cell"].isin(prompts.index)]
    values = mine.pivot(index="cell", columns="step", values=row["column"]) * row["factor"]
    values = values.reindex(index=prompts.index, columns=[row["step"], row["since"]])
    found = values[row["step"]] - (0 if pd.isna(row["since"]) else values[row["since"]])
    units = found.groupby(prompts).mean() if prompts.nunique() > 1 else found
    if found.isna().any():
        return np.nan, np.nan, len(found)
    return float(units.mean()), float(units.std(ddof=1) / np.sqrt(len(units))), len(found)
