"""A run of which tables see some budgets and metrics alone."""

from collections.abc import Sequence
from copy import copy

import pandas as pd

from bench.analysis.scores import metric_names
from bench.errors import unknown_name
from bench.output.evidence import Evidence
from bench.suite.budget import Budget

_POINT = ["budget_unit", "budget"]


def narrowed(found: Evidence, budgets: Sequence[str] = (), metrics: Sequence[str] = ()) -> Evidence:
    """The evidence of `found`, of which nothing was derived yet, at some budgets and with some metrics alone.

    Args:
        found: of whole runs.
        budgets: as `Budget.parse` reads them; empty for all. What speaks of the largest budget then speaks of the
            largest of these.
        metrics: columns of the scores and metrics of sets; empty for all.

    Raises:
        InputError: the runs have no such budget or metric, or a budget cannot be read.
    """
    chosen = copy(found)
    if budgets:
        kept = _points(budgets, found.scores)
        chosen.scores, chosen.sets = (frame[_stands_at(frame, kept)] for frame in (found.scores, found.sets))
        chosen.published = _judged_at(found.published, kept)
    if metrics:
        _require_known(metrics, found)
        others = [name for name in metric_names(chosen.scores) if name not in metrics]
        chosen.scores = chosen.scores.drop(columns=others)
        chosen.sets = chosen.sets[chosen.sets["metric"].isin(metrics)]
    return chosen


def _points(budgets: Sequence[str], scores: pd.DataFrame) -> list[tuple[object, ...]]:
    """The unit and amount of each of `budgets`."""
    points = scores[_POINT].drop_duplicates().itertuples(index=False, name=None)
    known = {str(Budget(float(amount), unit)): (unit, amount) for unit, amount in points}
    asked = {text: str(Budget.parse(text)) for text in budgets}
    for text, budget in asked.items():
        if budget not in known:
            raise unknown_name("budget", text, known)
    return [known[budget] for budget in asked.values()]


def _require_known(metrics: Sequence[str], found: Evidence) -> None:
    known = {*metric_names(found.scores), *found.sets["metric"]}
    for name in metrics:
        if name not in known:
            raise unknown_name("metric", name, known)


def _stands_at(frame: pd.DataFrame, kept: list[tuple[object, ...]]) -> "pd.Series[bool]":
    points = pd.MultiIndex.from_frame(frame[_POINT])
    return pd.Series(points.isin(kept), index=frame.index)


def _judged_at(published: pd.DataFrame, kept: list[tuple[object, ...]]) -> pd.DataFrame:
    """Published values keep what they were compared with: a verdict on a budget that is not shown goes."""
    shown = _stands_at(published, kept) | published["budget"].isna()
    return published.assign(verdict=published["verdict"].where(shown, ""))
