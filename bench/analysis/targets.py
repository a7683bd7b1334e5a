"""How long until it is good enough: times to targets that were fixed beforehand, infinite where they were missed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.curves import TaskEvents, task_events
from bench.analysis.intervals import Floats, strict_mean
from bench.analysis.scores import fill_cells, largest_budget, share_intervals, task_intervals
from bench.store.columns import PAIR, TASK

RUNGS = 20
LADDER = [*TASK, "rung", "target"]
RUNG = [*TASK, "method", "rung", "target"]
TIMES = [*TASK, "method", *PAIR, "rung", "target", "time", "spent"]
RATIOS = 151


def declared_ladder(scores: pd.DataFrame, targets: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Lay out the targets that a suite declares (rewards to values) for each task that has some.

    Returns:
        One row a task and `rung`, from 0 up: `target`, ascending.
    """
    tasks = scores[TASK].drop_duplicates()
    rows = [
        (*task, rung, target)
        for task, reward in zip(tasks.itertuples(index=False, name=None), tasks["reward"], strict=True)
        for rung, target in enumerate(sorted(set(targets.get(reward, ()))))
    ]
    return pd.DataFrame(rows, columns=LADDER)


def times_to_target(
    curves: pd.DataFrame, scores: pd.DataFrame, ladder: pd.DataFrame, axis: str = "seconds"
) -> pd.DataFrame:
    """Find when each cell first had a reward of at least each target.

    Returns:
        One row a planned cell of the ladder's tasks and rung: the keys of `TASK`, `method`, `prompt`, `seed`, `rung`,
        `target`, `time` on the axis, infinite if the cell missed it, and `spent`: the whole budget, or on another axis
        than the budget's where the cell ended. A cell that failed misses all and has spent its budget, on another
        axis as much as the longest cell of its task. A planned cell that has not run has the time NaN.
    """
    rungs = {task: rows.sort_values("rung") for task, rows in ladder.groupby(TASK)}
    parts = [_task_times(task, rungs[task.key], axis) for task in task_events(curves, scores) if task.key in rungs]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=TIMES)


def success_rates(times: pd.DataFrame) -> pd.DataFrame:
    """Give the share of cells that reached each target.

    Returns:
        One row a method of a task and rung: `target`, `share` (mean over prompts of the means over seeds) with its
        95 % interval `low`, `high`, and `n` cells; NaN where a cell has not run, and no interval where all prompts
        have the same share.
    """
    reached = times.assign(share=np.isfinite(times["time"]).astype(float).where(times["time"].notna()))
    prompts = strict_mean(reached, [*RUNG, "prompt"], ["share"])["share"]
    shares = share_intervals(task_intervals(prompts))
    return shares.assign(n=times.groupby(RUNG).size()).reset_index()


def expected_running_time(times: pd.DataFrame) -> pd.DataFrame:
    """Estimate the time that restarts would need on average (COCO's ERT): all time spent / number of successes.

    Returns:
        One row a method of a task and rung: `target`, `ert` (infinite without a success), `n_success` and `n`.
    """
    cells = times.assign(spent=np.minimum(times["time"], times["spent"]), success=np.isfinite(times["time"]))
    groups = cells.groupby(RUNG)
    found = pd.DataFrame({"ert": groups["spent"].sum(), "n_success": groups["success"].sum(), "n": groups.size()})
    unknown = groups["spent"].count() < found["n"]
    found["ert"] = (found["ert"] / found["n_success"]).mask(unknown)
    return found.reset_index()


def ecdf(times: pd.DataFrame) -> pd.DataFrame:
    """Give the share of (prompt, seed, target) reached by each time, as a right-continuous step.

    Returns:
        One row a method of a task and time `x` at which something was reached: the `share` from there on; and
        `missed_at`, the median of what the misses had spent, NaN without one: there the curve ends. A method that
        reached nothing has one row, with the share 0 at `missed_at`.
    """
    parts = {key: _ecdf(rows) for key, rows in times.groupby([*TASK, "method"])}
    return pd.concat(parts, names=[*TASK, "method"]).reset_index([*TASK, "method"]).reset_index(drop=True)


def performance_profile(times: pd.DataFrame, r_max: float = 4) -> pd.DataFrame:
    """Give the share of problems that a method solves within `ratio` times the fastest method's time (Dolan-More).

    A problem is a task, prompt and rung; its time is the median over seeds. One that nobody solves counts
    against all. Numbers depend on the set of methods: name it beside them.

    Returns:
        One row a `method` and `ratio` from 1 to `r_max`: `share`; NaN for a method that was not planned for all.
    """
    ratios = _ratios(times)
    grid = np.linspace(1, r_max, RATIOS)
    shares = {ratio: (ratios <= ratio).mean().where(ratios.notna().all()) for ratio in grid}
    profile = pd.DataFrame(shares).rename_axis("method").melt(var_name="ratio", value_name="share", ignore_index=False)
    return profile.reset_index().sort_values(["method", "ratio"], ignore_index=True)


def performance_scores(times: pd.DataFrame, r_max: float = 4) -> pd.DataFrame:
    """Sum up each profile as its mean height over [1, r_max] (AlgoPerf's score).

    In closed form: the mean over problems of max(0, (r_max - r) / (r_max - 1)).

    Returns:
        One row a `method`: `score` in [0, 1], and `n_problems`.
    """
    ratios = _ratios(times)
    heights = ((r_max - ratios) / (r_max - 1)).clip(lower=0)
    scores = heights.mean().where(ratios.notna().all())
    return pd.DataFrame({"score": scores, "n_problems": len(ratios)}).rename_axis("method").reset_index()


def _task_times(task: TaskEvents, rungs: pd.DataFrame, axis: str) -> pd.DataFrame:
    """The times of each planned cell of a task and rung."""
    cell = [*TASK, "method", *PAIR]
    planned = fill_cells(largest_budget(task.scores)).set_index(cell)
    failed, missing = (planned["status"].eq(status).to_numpy() for status in ("failed", "missing"))
    first = _first_reached(task.events, planned.index, rungs["target"].to_numpy(), axis)
    first[failed], first[missing] = np.inf, np.nan
    spent = _spent(task, planned.index, axis)
    spent[failed] = task.budget if axis == task.unit else task.events[axis].max()
    cells = planned.index.to_frame(index=False)
    by_rung = [
        cells.assign(rung=rung, target=target, time=times, spent=np.where(missing, np.nan, spent))
        for rung, target, times in zip(rungs["rung"], rungs["target"], first.T, strict=True)
    ]
    return pd.concat(by_rung, ignore_index=True)


def _first_reached(events: pd.DataFrame, cells: pd.Index, targets: Floats, axis: str) -> Floats:
    """When each cell first had each ascending target or more: `(n_cells, n_targets)`, infinite if never."""
    events = events.dropna(subset="best_reward")  # a NaN would sort above every target
    row = cells.get_indexer(pd.MultiIndex.from_frame(events[cells.names]))
    first = np.full((len(cells), len(targets) + 1), np.inf)
    reached = np.searchsorted(targets, events["best_reward"], side="right")
    np.minimum.at(first, (row, reached), events[axis].to_numpy(float))
    # Who reached a target has reached all below it; column 0 is for events that reached none.
    return np.minimum.accumulate(first[:, :0:-1], axis=1)[:, ::-1]


def _spent(task: TaskEvents, cells: pd.Index, axis: str) -> Floats:
    if axis == task.unit:
        return np.full(len(cells), task.budget)
    ends = task.events.groupby(cells.names)[axis].max().reindex(cells)
    return ends.fillna(ends.max()).to_numpy(float, copy=True)  # pandas hands out its own memory read-only


def _ecdf(times: pd.DataFrame) -> pd.DataFrame:
    found, missed = np.isfinite(times["time"]), np.isinf(times["time"])
    x = np.sort(times.loc[found, "time"].to_numpy())
    share = np.arange(1, len(x) + 1) / len(times)
    missed_at = times.loc[missed, "spent"].median()
    if times["time"].isna().any():
        return pd.DataFrame({"x": [np.nan], "share": [np.nan], "missed_at": [np.nan]})
    if not len(x):
        return pd.DataFrame({"x": [missed_at], "share": [0.0], "missed_at": [missed_at]})
    return pd.DataFrame({"x": x, "share": share, "missed_at": missed_at})


def _problems(times: pd.DataFrame) -> pd.DataFrame:
    """The median time over seeds: (task, prompt, rung) x methods."""
    groups = times.groupby([*TASK, "prompt", "rung", "method"])["time"]
    return groups.median().where(groups.count() == groups.size()).unstack("method")


def _ratios(times: pd.DataFrame) -> pd.DataFrame:
    """Each time over that of the fastest; infinite where nobody was in time."""
    problems = _problems(times)
    ratios = problems.div(problems.min(axis="columns"), axis="index")
    return ratios.mask(np.isinf(problems), np.inf)
