"""What one would say first of a task: who gains most at equal cost, and whether that leaves the distribution."""

from typing import NamedTuple

import pandas as pd

from bench.analysis.hacking import DISTANCE
from bench.analysis.intervals import strict_mean
from bench.analysis.paired import versus_reference
from bench.analysis.scores import fill_cells, largest_budget
from bench.store.columns import BASELINE, TASK

RIVAL = "best-of-n"
FAR = 0.95
"""A method leaves the distribution if its mean distance is beyond that of so large a share of the model's samples; of
fewer than twenty, beyond all."""
ENOUGH = 5
"""Of fewer samples of the model nobody can say what it makes, and so who leaves that."""


class Gap(NamedTuple):
    """How much more reward than another method on the same prompts and seeds, with its 95 % interval.

    Attributes:
        more, low, high, resolved: these.
        needed: how many prompts would resolve it (`bench.analysis.verdicts.judge`). seen: how many there are.
    """

    more: float
    low: float
    high: float
    resolved: bool
    needed: float
    seen: int


class Claim(NamedTuple):
    """A method, its mean reward, and what that is above.

    Attributes:
        own: above `base`, the model's own samples; None without them.
        rival: above `RIVAL`; None without it, or where the method is it.
        distance: mean support distance; NaN where it was not measured.
        leaves: whether the method has left the distribution.
    """

    method: str
    reward: float
    own: Gap | None
    rival: Gap | None
    distance: float
    leaves: bool


class Headline(NamedTuple):
    """Of a task at its largest budget: who leads, and if that leaves the distribution, who leads of those that stay."""

    task: tuple[object, ...]
    budget: float
    unit: str
    leader: Claim
    stayer: Claim | None
    own_distance: float


def headlines(scores: pd.DataFrame) -> list[Headline]:
    """The headline of each task in which a method other than `base` has a mean, the strongest claims first.

    A claim is strong where the lead is resolved, and of those where the leader has not left the distribution.

    Args:
        scores: of the store.
    """
    tasks = largest_budget(scores).groupby(TASK)
    return sorted((one for key, rows in tasks if (one := _headline(key, rows)) is not None), key=_weakness)


def _weakness(one: Headline) -> tuple[bool, bool]:
    gap = one.leader.rival or one.leader.own
    return gap is None or not gap.resolved, one.leader.leaves


def _headline(task: tuple[object, ...], scores: pd.DataFrame) -> Headline | None:
    cells = fill_cells(scores)
    if DISTANCE not in cells or cells.loc[cells["method"] == BASELINE, DISTANCE].count() < ENOUGH:
        cells = cells.assign(**{DISTANCE: float("nan")})
    prompts = strict_mean(cells, ["method", "prompt"], ["best_reward", DISTANCE])
    means = strict_mean(prompts, ["method"], ["best_reward", DISTANCE]).dropna(subset="best_reward")
    own = cells.loc[cells["method"] == BASELINE, DISTANCE].dropna()
    ranked = means.drop(BASELINE, errors="ignore").sort_values("best_reward", ascending=False, kind="stable")
    if ranked.empty:
        return None
    far = ranked[DISTANCE] > (own.quantile(FAR, interpolation="higher") if len(own) else float("inf"))
    gaps = {name: _gaps(scores, name) for name in (BASELINE, RIVAL)}
    claims = [
        Claim(str(name), reward, gaps[BASELINE].get(name), gaps[RIVAL].get(name), distance, bool(far[name]))
        for name, reward, distance in ranked[["best_reward", DISTANCE]].itertuples()
    ]
    leader, stayers = claims[0], [claim for claim in claims if not claim.leaves]
    first = scores.iloc[0]
    stayer = stayers[0] if leader.leaves and stayers else None
    own_distance = float(means[DISTANCE].get(BASELINE, float("nan")))
    return Headline(task, first["budget"], first["budget_unit"], leader, stayer, own_distance)


def _gaps(scores: pd.DataFrame, reference: str) -> dict[object, Gap]:
    """Of each method above `reference`, where that was planned and both have all of their values."""
    rows = versus_reference(scores, reference).dropna(subset="difference")
    columns = ["method", "difference", "low", "high", "verdict", "needed", "n_prompts"]
    return {
        method: Gap(more, low, high, verdict in {"better", "worse"}, needed, seen)
        for method, more, low, high, verdict, needed, seen in rows[columns].itertuples(index=False, name=None)
    }
