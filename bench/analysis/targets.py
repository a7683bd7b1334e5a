"""How long until it is good enough: times to targets that were fixed beforehand, infinite where they were missed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.curves import CELL, mean_curves
from bench.analysis.intervals import Floats, cluster_interval
from bench.analysis.scores import PAIR, TASK

RUNGS = 20
LADDER = [*TASK, "rung", "target"]


def declared_ladder(scores: pd.DataFrame, targets: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Lay out the targets that a suite declares (rewards to values) for each (model, reward) that has some.

    Returns:
        One row a (model, reward) and `rung`, from 0 up: `target`, ascending.
    """
    raise NotImplementedError


def run_length_ladder(curves: pd.DataFrame, scores: pd.DataFrame, reference: str, axis: str = "seconds") -> pd.DataFrame:
    """Take what `reference` reaches on average at 20 times, even in the logarithm, as targets (COCO's run-length-based).

    The ladder is fixed beforehand if the reference's run is; do not take the run of a method that is compared.

    Returns:
        As `declared_ladder`; what the reference reaches at several times counts once.
    """
    raise NotImplementedError


def times_to_target(
    curves: pd.DataFrame, scores: pd.DataFrame, ladder: pd.DataFrame, axis: str = "seconds"
) -> pd.DataFrame:
    """Find when each cell first had a reward of at least each target.

    Returns:
        One row a planned cell of the ladder's tasks and rung: (model, reward), `method`, `prompt`, `seed`, `rung`,
        `target`, `time` on the axis, infinite if the cell missed it, and `spent`: the whole budget, or on another axis
        than the budget's where the cell ended. A cell that failed misses all and has spent its budget, on another
        axis as much as the longest cell of its task. A planned cell that has not run has the time NaN.
    """
    raise NotImplementedError


def success_rates(times: pd.DataFrame) -> pd.DataFrame:
    """Give the share of cells that reached each target.

    Returns:
        One row a (model, reward, method, rung): `target`, `share` (mean over prompts of the means over seeds) with its
        95 % interval `low`, `high`, and `n` cells; NaN where a cell has not run.
    """
    raise NotImplementedError


def expected_running_time(times: pd.DataFrame) -> pd.DataFrame:
    """Estimate the time that restarts would need on average (COCO's ERT): all time spent / number of successes.

    Returns:
        One row a (model, reward, method, rung): `target`, `ert` (infinite without a success), `n_success` and `n`.
    """
    raise NotImplementedError


def ecdf(times: pd.DataFrame) -> pd.DataFrame:
    """Give the share of (prompt, seed, target) reached by each time, as a right-continuous step.

    Returns:
        One row a (model, reward, method) and time `x` at which something was reached: the `share` from there on; and
        `missed_at`, the median of what the misses had spent, NaN without one: there the curve ends.
    """
    raise NotImplementedError


def performance_profile(times: pd.DataFrame, r_max: float = 4) -> pd.DataFrame:
    """Give the share of problems that a method solves within `ratio` times the fastest method's time (Dolan-More).

    A problem is a (model, reward, prompt, rung); its time is the median over seeds. One that nobody solves counts
    against all. Numbers depend on the set of methods: name it beside them.

    Returns:
        One row a `method` and `ratio` from 1 to `r_max`: `share`; NaN for a method that was not planned for all.
    """
    raise NotImplementedError


def performance_scores(times: pd.DataFrame, r_max: float = 4) -> pd.DataFrame:
    """Sum up each profile as its mean height over [1, r_max] (AlgoPerf's score).

    In closed form: the mean over problems of max(0, (r_max - r) / (r_max - 1)).

    Returns:
        One row a `method`: `score` in [0, 1], and `n_problems`.
    """
    raise NotImplementedError


def speed_ups(times: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Compare times with one fixed method's: unlike a profile, no other method plays a part.

    Returns:
        One row a `method`: `speed_up`, the geometric mean over problems of reference's time / its own, a miss
        counting as what it spent + 1 (AlgoPerf's convention).
    """
    raise NotImplementedError
