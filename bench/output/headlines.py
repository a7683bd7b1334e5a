"""A sentence a task, of numbers that its tables have: who gains most at equal cost, and at what price."""

from collections.abc import Iterator, Mapping

import pandas as pd

from bench.analysis.headlines import RIVAL, Claim, Gap, Headline, headlines
from bench.analysis.machines import predictions_a_second
from bench.output.tables.sentences import needed_words, task_names
from bench.output.tables.table import Value
from bench.output.tables.text import cell_text, decimals_for, difference_text
from bench.suite.budget import budget_text


def headline_sentences(scores: pd.DataFrame) -> Iterator[str]:
    """Say of each task of the store's `scores` who leads at the largest budget."""
    names = task_names(scores)
    return (_sentence(one, names) for one in headlines(scores))


def speed_lines(scores: pd.DataFrame) -> Iterator[str]:
    """Say how fast the machine was with each model: without it nobody knows what a second was worth."""
    for model, pace in predictions_a_second(scores).items():
        yield f"speed   {pace:.0f} predictions of {model} a second, one image at a time"


def _sentence(one: Headline, names: Mapping[tuple[object, ...], str]) -> str:
    when = budget_text(one.budget, one.unit)
    said = f"{names[one.task]}, {when}: {_claim(one.leader)}"
    if one.leader.distance != one.leader.distance:  # NaN: nobody looked
        return f"{said}."
    price = f"support distance {one.leader.distance:.2f}, the model's own {one.own_distance:.2f}"
    if not one.leader.leaves:
        return f"{said}. It stays in distribution ({price})."
    stays = f"Of the methods that stay in it, {_claim(one.stayer)}" if one.stayer else "No method but base stays in it"
    return f"{said}. It leaves the distribution ({price}). {stays}."


def _claim(claim: Claim) -> str:
    """`dno has the most reward, 0.93, +0.14 [0.10, 0.18] above the model's own samples, +0.05 above best-of-n`."""
    above = [
        f"{difference_text(gap.more, gap.low, gap.high)} above {whom}{_unresolved(gap)}"
        for gap, whom in ((claim.own, "the model's own samples"), (claim.rival, RIVAL))
        if gap is not None
    ]
    return f"{claim.method} has the most reward, {'; '.join([_plain(claim.reward), *above])}"


def _unresolved(gap: Gap) -> str:
    return "" if gap.resolved else f" ({needed_words(gap.needed, gap.seen)})"


def _plain(value: float) -> str:
    cell = Value(value)
    return cell_text(cell, decimals_for([cell])).value
