"""Many tasks in one number a method: every task on the same scale, none weighing more for having more cells.

A reward is put on a scale whose two ends, the anchors, are declared in the suite before the run. A scale from the worst
to the best method present would change all numbers with every method added.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.intervals import Estimate, Floats, strict_mean
from bench.analysis.scores import fill_cells, largest_budget, share_intervals
from bench.analysis.task_pooling import pooled_interval, pooled_percentiles, pooled_weights
from bench.errors import InputError
from bench.store.columns import GROUP, PAIR, TASK

Anchors = Mapping[str, Sequence[float]]
"""Each reward's value that counts as 0 (what the model does by itself), and the one that counts as 1."""

TAUS = np.linspace(0, 1, 101)
MIDDLE = (0.25, 0.75)
CHUNK = 1000  # resamples at a time: 3,000 cells in 10,000 at once would take half a gigabyte


def normalised(scores: pd.DataFrame, anchors: Anchors) -> pd.DataFrame:
    """Put every cell on the scale of its reward's anchors: `z = (reward - base) / (anchor - base)`.

    Args:
        scores: of the store.
        anchors: for every reward in `scores`; not clipped, so that `z` may be below 0 or above 1.

    Returns:
        One row a planned cell and budget: the keys and `z`, NaN for a cell without a value.

    Raises:
        InputError: a reward has no anchors.
    """
    return anchored(fill_cells(scores), anchors)[[*GROUP, *PAIR, "z"]]


def anchored(rows: pd.DataFrame, anchors: Anchors) -> pd.DataFrame:
    """Add `z` to rows of scores or events, which have `reward` and `best_reward`.

    Raises:
        InputError: a reward has no anchors.
    """
    lacking = sorted(set(rows["reward"].unique()) - set(anchors))
    if lacking:
        raise InputError(
            f"no anchors for {', '.join(lacking)}; declare them in the suite, as in `anchors: {{{lacking[0]}: [0, 1]}}`"
        )
    base, anchor = (rows["reward"].map({name: ends[i] for name, ends in anchors.items()}) for i in (0, 1))
    return rows.assign(z=(rows["best_reward"] - base) / (anchor - base))


def aggregates(normalised: pd.DataFrame) -> pd.DataFrame:
    """Sum up each method over all tasks, at the largest budget of each.

    Returns:
        One row a `method`, each estimate with `_low` and `_high`, its 95 % interval over prompts (`pooled_interval`):

        - `iqm`: the interquartile mean of `z`, the mean of the middle half of the cells; without an interval below 20
          prompts, since it is no mean over prompts;
        - `optimality_gap`: how far the mean of min(z, 1) stays below 1; less is better;
        - `mean_rank`: the rank among the methods on the same cell, 1 the best, ties shared;
        - `n_tasks`: the tasks it was planned for.

        NaN for a method that was not planned for all tasks or has a cell without a value; it is not ranked.
    """
    whole = _by_cell(largest_budget(normalised), "z").dropna(axis="columns")
    prompts = _over_seeds(whole)
    gap = pooled_interval(1 - _over_seeds(whole.clip(upper=1)))
    rank = pooled_interval(_over_seeds(whole.rank(axis="columns", ascending=False)))
    estimates = {"iqm": _iqm(whole, prompts.index), "optimality_gap": gap, "mean_rank": rank}
    columns = [_columns(name, estimate, whole.columns) for name, estimate in estimates.items()]
    n_tasks = normalised[[*TASK, "method"]].drop_duplicates().groupby("method").size().rename("n_tasks")
    return pd.concat([*columns, n_tasks], axis="columns").rename_axis("method").reset_index()


def win_matrix(scores: pd.DataFrame) -> pd.DataFrame:
    """Say how often the method of the row beats that of the column on the same cell, at the largest budgets.

    Returns:
        A square frame, methods x methods: the chance within a task (ties half, each prompt with the same weight),
        averaged over the tasks with the same weight each; the diagonal 1/2. NaN where a task was planned for only one
        of the two, or a cell of either has no value.
    """
    cells = fill_cells(largest_budget(scores))
    rewards = _by_cell(cells, "best_reward")
    planned = cells.groupby([*TASK, "method"]).size().unstack("method").notna()
    return pd.DataFrame({rival: _wins(rewards, rival, planned) for rival in rewards.columns}).rename_axis("method")


def score_profile(normalised: pd.DataFrame, taus: Floats = TAUS) -> pd.DataFrame:
    """Give the share of cells above each score, at the largest budgets: F(tau) = mean of 1[z > tau].

    Returns:
        One row a `method` and `tau`: `share` with its 95 % interval `low`, `high`; NaN as in `aggregates`.
    """
    whole = _by_cell(largest_budget(normalised), "z")
    above = {tau: _over_seeds((whole > tau).astype(float).where(whole.notna())) for tau in taus}
    estimate = pooled_interval(pd.concat(above, axis="columns", names=["tau"]))
    index = pd.MultiIndex.from_product([taus, whole.columns], names=["tau", "method"])
    shares = share_intervals(pd.DataFrame(estimate._asdict(), index=index))
    return shares.reset_index().sort_values(["method", "tau"], ignore_index=True)[
        ["method", "tau", "share", "low", "high"]
    ]


def interquartile_means(values: Floats, weights: Floats) -> Floats:
    """Average the middle half of the values, under each of several weightings.

    A value on the edge counts with the part that lies inside, so that any number of cells has a middle half. Where the
    weights are equal and 4 divides their number this is scipy's `trim_mean(values, 0.25)`.

    Args:
        values: `(n,)`.
        weights: `(m, n)`, rows sum to 1.

    Returns:
        `(m,)`.
    """
    order = np.argsort(values, kind="stable")
    upto = np.clip(np.cumsum(weights[:, order], axis=1), *MIDDLE)
    inside = np.diff(upto, axis=1, prepend=MIDDLE[0])
    means: Floats = inside @ values[order] / (MIDDLE[1] - MIDDLE[0])
    return means


def _by_cell(cells: pd.DataFrame, value: str) -> pd.DataFrame:
    """Lay out a column as (task, prompt, seed) x methods, NaN where a method was not planned."""
    return cells.set_index([*TASK, *PAIR, "method"])[value].unstack("method")


def _over_seeds(cells: pd.DataFrame) -> pd.DataFrame:
    """Average over seeds: (task, prompt) x methods."""
    return strict_mean(cells, [*TASK, "prompt"], list(cells.columns))


def _wins(rewards: pd.DataFrame, rival: str, planned: pd.DataFrame) -> "pd.Series[float]":
    """Average over the tasks of a method or `rival` how often the method wins; NaN if one lacks the other."""
    ahead = rewards.sub(rewards[rival], axis="index")
    prompts = _over_seeds((ahead.apply(np.sign) + 1) / 2)
    tasks = strict_mean(prompts, TASK, list(prompts.columns))
    concerned = planned.apply(lambda method: method | planned[rival])
    share: pd.Series[float] = tasks.where(concerned, 0).sum(skipna=False) / concerned.sum()
    return share


def _iqm(cells: pd.DataFrame, prompts: pd.Index) -> Estimate:
    position = prompts.get_indexer(pd.MultiIndex.from_frame(cells.index.to_frame()[prompts.names]))
    seeds = np.bincount(position)
    tasks = prompts.to_frame(index=False).groupby(TASK)["prompt"]
    even = 1 / (tasks.ngroups * tasks.transform("size").to_numpy())
    weights = np.vstack([even, pooled_weights(prompts)]) / seeds
    means = np.empty((cells.shape[1], len(weights)))
    for start in range(0, len(weights), CHUNK):
        chunk = weights[start : start + CHUNK, position]
        means[:, start : start + CHUNK] = [interquartile_means(z, chunk) for z in cells.to_numpy().T]
    return Estimate(means[:, 0], *pooled_percentiles(prompts, means[:, 1:]))


def _columns(name: str, estimate: Estimate, methods: pd.Index) -> pd.DataFrame:
    names = (name, f"{name}_low", f"{name}_high")
    return pd.DataFrame(dict(zip(names, estimate, strict=True)), index=methods)
