"""Final scores: what each method had reached by each budget, with failures counted and never skipped."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from bench.analysis.intervals import interval, strict_mean
from bench.errors import InputError
from bench.store.columns import BASELINE, COLUMNS, GROUP, PAIR, POINT, TASK


def metric_names(scores: pd.DataFrame) -> list[str]:
    """List the metrics that `scores` carries, in its order; a column of words measures nothing."""
    return [name for name in scores.columns if name not in COLUMNS and is_numeric_dtype(scores[name])]


def quantities(scores: pd.DataFrame) -> list[str]:
    """List the columns that judge an image: the reward that was pursued, the last one, and the metrics."""
    return ["best_reward", "last_reward", *metric_names(scores)]


def fill_cells(scores: pd.DataFrame) -> pd.DataFrame:
    """Score a cell without a score as the baseline's, unless its method scored nothing at all there.

    A cell that failed, or had scored nothing by a budget, takes the reward and metrics of `base` on the same
    pair and budget; they stay NaN where `base` has none. A method of which *every* cell at a budget is such a
    one has nothing of its own to show: it stays NaN, or else it would be printed with the value of `base`.
    A "missing" cell (the run is not over) stays NaN: nothing is known about it yet.

    Args:
        scores: one row a planned cell and budget.

    Raises:
        InputError: a method has two cells on one prompt and seed of a task.
    """
    values, cells = quantities(scores), scores.reset_index(drop=True)
    _require_single(cells)
    # A column without a single number comes without a type.
    cells = cells.assign(**cells[values].astype(float))
    baseline = cells.loc[cells["method"] == BASELINE, [*POINT, *PAIR, *values]]
    as_base = cells[[*POINT, *PAIR]].merge(baseline, how="left")
    unscored = cells["status"].isin(["failed", "none"])
    nothing = unscored.groupby([cells[key] for key in GROUP]).transform("all")
    cells[values] = cells[values].mask(unscored, as_base[values]).mask(nothing)
    return cells


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Summarise each method at each budget of each task in one row.

    Returns:
        The keys; `mean`, `low` and `high` of the reward (mean over prompts of the means over seeds, 95 %
        interval over prompts) and the mean of `last_reward` and of each metric, all NaN where a
        cell has no value; `n` planned cells over `n_prompts` prompts, of which `n_failed` raised an error,
        `n_none` had nothing scored in time and `n_missing` have not run; and what the cells that ran have
        spent: the mean `seconds` and `denoiser_evals`, the largest `peak_memory_mb`.
    """
    cells = fill_cells(scores)
    prompts = strict_mean(cells, [*GROUP, "prompt"], quantities(scores))
    means = strict_mean(prompts, GROUP, quantities(scores)).rename(columns={"best_reward": "mean"})
    parts = [task_intervals(prompts["best_reward"])[["low", "high"]], means, _counts(cells), _costs(cells)]
    return pd.concat(parts, axis=1).reset_index()


def task_intervals(prompts: "pd.Series[float]") -> pd.DataFrame:
    """Estimate the mean over prompts of each series; series may differ in their prompts.

    Args:
        prompts: means over seeds; the index has `prompt`, and what names a series.

    Returns:
        One row a series: `mean`, `low` and `high`, its 95 % interval over prompts.
    """
    series = prompts.unstack("prompt")
    planned = pd.Series(True, index=prompts.index).unstack("prompt", fill_value=False).to_numpy()
    parts = []
    # Those over the same prompts at once: there may be thousands.
    for _, rows in series.groupby([mask.tobytes() for mask in planned], sort=False):
        values = rows.to_numpy()[:, planned[series.index.get_loc(rows.index[0])]]
        parts.append(pd.DataFrame(interval(values.T)._asdict(), index=rows.index))
    return pd.concat(parts).reindex(series.index)


def share_intervals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Make shares of estimates: within [0, 1], and without an interval where all prompts have the same one.

    No spread is no certainty: of three prompts that all reached a target, the fourth may still miss it.

    Args:
        estimates: with `mean`, `low` and `high`, as of `task_intervals`.

    Returns:
        The same with `share` in place of `mean`.
    """
    shares = estimates.clip(0, 1).rename(columns={"mean": "share"})
    flat = np.isclose(estimates["low"], estimates["high"], rtol=0, atol=1e-9)
    shares.loc[flat, ["low", "high"]] = np.nan
    return shares


def largest_budget(summary: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each task at its largest budget."""
    return summary[summary["budget"] == summary.groupby(TASK)["budget"].transform("max")]


def _require_single(cells: pd.DataFrame) -> None:
    twice = cells[cells.duplicated([*GROUP, *PAIR])]
    if len(twice):
        one = twice.iloc[0]
        raise InputError(
            f"two cells are of {one['method']!r} on {one['prompt']!r}, seed {one['seed']}, for {one['reward']} on "
            f"{one['model']} within {one['task_budget']}; a table cannot tell them apart, so one label must go"
        )


def _counts(cells: pd.DataFrame) -> pd.DataFrame:
    groups = cells.groupby(GROUP)
    counts = pd.DataFrame({"n": groups.size(), "n_prompts": groups["prompt"].nunique()})
    for status in ("failed", "none", "missing"):
        counts[f"n_{status}"] = cells["status"].eq(status).groupby([cells[key] for key in GROUP]).sum()
    return counts


def _costs(cells: pd.DataFrame) -> pd.DataFrame:
    how = {"seconds": "mean", "denoiser_evals": "mean", "peak_memory_mb": "max"}
    return cells.groupby(GROUP).agg(how)
