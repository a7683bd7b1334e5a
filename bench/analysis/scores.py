"""Final scores: what each method had reached by each budget, with failures counted and never skipped."""

import pandas as pd

from bench.analysis.intervals import cluster_interval, strict_mean
from bench.store.columns import BASELINE, GROUP, PAIR, POINT, TASK

STORE_COLUMNS = (
    *("run", "cell", "model", "method", "prompt", "reward", "seed", "budget", "budget_unit", "best_reward"),
    *("last_reward", "seconds", "denoiser_evals", "decodes", "reward_calls", "backward_evals"),
    *("peak_memory_mb", "status", "image"),
)

DIRECTIONS = {
    "best_reward": 1,
    "adherence": 1,
    "alignment": 1,
    "torchmetrics-clip-score": 1,
    "noise-probability": 1,
    "support-distance": -1,
    "clip-diversity": 1,
    "lpips-diversity": 1,
    "truncated-clip-entropy": 1,
    "fid": -1,
    "kid": -1,
}
"""1: higher is better, -1: lower is better. A held-out reward has none: it is watched, not pursued."""


def metric_names(scores: pd.DataFrame) -> list[str]:
    """List the metrics that `scores` carries, in its order."""
    return [column for column in scores.columns if column not in STORE_COLUMNS]


def quantities(scores: pd.DataFrame) -> list[str]:
    """List the columns that judge an image: the reward that was pursued, the last one, and the metrics."""
    return ["best_reward", "last_reward", *metric_names(scores)]


def fill_cells(scores: pd.DataFrame) -> pd.DataFrame:
    """Lay out every planned cell and budget once, and score a cell without a score as the baseline's.

    A (model, reward) plans the pairs (prompt, seed) and the budgets that any of its methods has, for each
    of its methods. A cell that failed, or had scored nothing by a budget, takes the reward and metrics of
    `base` on the same pair and budget; they stay NaN where `base` has none. A cell without a row is
    "missing" (the run is not over) and stays NaN: nothing is known about it yet.

    Raises:
        pandas.errors.MergeError: if a cell has two rows for a budget, as when two runs were pooled.
    """
    planned = _planned_cells(scores).merge(scores, how="left", validate="one_to_one")
    planned["status"] = planned["status"].fillna("missing")
    values = quantities(scores)
    # A column without a single number comes without a type.
    planned[values] = planned[values].astype(float)
    baseline = planned.loc[planned["method"] == BASELINE, [*POINT, *PAIR, *values]]
    as_base = planned[[*POINT, *PAIR]].merge(baseline, how="left")
    unscored = planned["status"].isin(["failed", "none"])
    planned[values] = planned[values].mask(unscored, as_base[values])
    return planned


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Summarise each (model, reward, budget, method) in one row.

    Returns:
        The keys; `mean`, `low` and `high` of the reward (mean over prompts of the means over seeds, 95 %
        cluster bootstrap over prompts) and the mean of `last_reward` and of each metric, all NaN where a
        cell has no value; `n` planned cells over `n_prompts` prompts, of which `n_failed` raised an error,
        `n_none` had nothing scored in time and `n_missing` have no row; and what the cells that ran have
        spent: the mean `seconds` and `denoiser_evals`, the largest `peak_memory_mb`.
    """
    cells = fill_cells(scores)
    prompts = strict_mean(cells, [*GROUP, "prompt"], quantities(scores))
    means = strict_mean(prompts, GROUP, quantities(scores)).rename(columns={"best_reward": "mean"})
    parts = [task_intervals(prompts["best_reward"])[["low", "high"]], means, _counts(cells), _costs(cells)]
    return pd.concat(parts, axis=1).reset_index()


def task_intervals(prompts: "pd.Series[float]") -> pd.DataFrame:
    """Estimate the mean over prompts of each series; tasks may differ in their prompts.

    Args:
        prompts: means over seeds; the index has `model`, `reward`, `prompt`, and what else names a series.

    Returns:
        One row a series: `mean`, `low` and `high`, its 95 % cluster bootstrap interval over prompts.
    """
    estimates = []
    for _, task in prompts.groupby(TASK):
        series = task.unstack("prompt")
        estimates.append(pd.DataFrame(cluster_interval(series.to_numpy().T)._asdict(), index=series.index))
    return pd.concat(estimates)


def largest_budget(summary: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each (model, reward) at its largest budget."""
    return summary[summary["budget"] == summary.groupby(TASK)["budget"].transform("max")]


def _planned_cells(scores: pd.DataFrame) -> pd.DataFrame:
    pairs = scores[[*TASK, *PAIR]].drop_duplicates()
    methods = scores[[*TASK, "method"]].drop_duplicates()
    budgets = scores[POINT].drop_duplicates()
    return pairs.merge(methods, on=TASK).merge(budgets, on=TASK)


def _counts(cells: pd.DataFrame) -> pd.DataFrame:
    groups = cells.groupby(GROUP)
    counts = pd.DataFrame({"n": groups.size(), "n_prompts": groups["prompt"].nunique()})
    for status in ("failed", "none", "missing"):
        counts[f"n_{status}"] = cells["status"].eq(status).groupby([cells[key] for key in GROUP]).sum()
    return counts


def _costs(cells: pd.DataFrame) -> pd.DataFrame:
    how = {"seconds": "mean", "denoiser_evals": "mean", "peak_memory_mb": "max"}
    return cells.groupby(GROUP).agg(how)
