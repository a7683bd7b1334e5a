"""What the numbers say, in sentences that claim no more than interval and test support."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from bench.analysis.hacking import hacked_share
from bench.analysis.intervals import FEW_PROMPTS
from bench.analysis.paired import comparisons
from bench.analysis.scores import largest_budget, summarise
from bench.analysis.significance import holm
from bench.analysis.verdicts import ALPHA, verdicts
from bench.output.tables.sentences import TOO_NARROW, task_text
from bench.output.tables.table import Cell
from bench.output.tables.text import cell_text, decimals_for
from bench.store.columns import BASELINE, TASK
from bench.suite.budget import budget_text

REFERENCES = ("best-of-n", BASELINE)
"""What methods are compared with: the first of these that a (model, reward) has."""

READING = (
    "A method beats another only where the 95 % interval of the paired difference excludes 0 and the sign-flip test "
    f"over prompts, corrected by Holm for all comparisons of this page, has p ≤ {ALPHA:g}. Everything else is not "
    'distinguishable, which does not mean equal. Bold and "resolved" in the tables look at the interval alone.'
)
_TEST = "paired p = {p} (Holm: {holm}), {n}."
_BY_CHANCE = "Fresh samples do so by chance, too: read the shares beside that of best-of-n."
_VERBS = {
    "better": "{method} beats {reference} by {size} at {when}; " + _TEST,
    "worse": "{method} is behind {reference} by {size} at {when}; " + _TEST,
    "open": "{method} is not distinguishable from {reference} at {when}: difference {size}; " + _TEST,
    "unknown": "{method} cannot be compared with {reference} at {when}: a cell has no score.",
}


class Paragraph(NamedTuple):
    """The sentences on one (model, reward), each with its kind: a verdict, "hacking" or "failed"."""

    title: str
    sentences: list[tuple[str, str]]


def summary(scores: pd.DataFrame) -> list[Paragraph]:
    """Compare every method of each (model, reward) with its reference, at the largest budget."""
    final = largest_budget(scores)
    found = _against_references(final)
    found = found.assign(verdict=verdicts(found))
    counts, hacked = summarise(final), hacked_share(final).dropna(subset="share")
    paragraphs = []
    for task, rows in counts.groupby(TASK):
        mine, shares = (one[(one[TASK] == list(task)).all(axis=1)] for one in (found, hacked))
        ranked = mine.sort_values("difference", ascending=False, na_position="last")
        compared = [(str(row["verdict"]), versus_sentence(row)) for _, row in ranked.iterrows()]
        paragraphs.append(Paragraph(task_text(rows), [*compared, *_hacking(shares), *_unscored(rows)]))
    return paragraphs


def reading(scores: pd.DataFrame) -> list[str]:
    """Say how to read the summary, and what so few prompts cannot show."""
    fewest = int(scores.groupby(TASK)["prompt"].nunique().min())
    notes = [READING]
    if 2 / 2**fewest > ALPHA:
        notes.append(
            f"With {fewest} prompt{'s' * (fewest > 1)} no p below {2 / 2**fewest:g} is possible: nothing there can be "
            "told apart, however large the difference."
        )
    return [*notes, *([TOO_NARROW] if fewest < FEW_PROMPTS else [])]


def versus_sentence(row: pd.Series) -> str:
    """Write one row of `comparisons`, with its `verdict` and `reference`, as a sentence."""
    sign = -1 if row["verdict"] == "worse" else 1
    low, high = sorted((sign * row["low"], sign * row["high"]))
    cell = Cell(sign * row["difference"], low, high)
    text = cell_text(cell, decimals_for([cell])) if row["verdict"] != "unknown" else None
    return _VERBS[row["verdict"]].format(
        method=row["method"],
        reference=row["reference"],
        size=f"{text.value} {text.interval}".strip() if text else "",
        when=budget_text(row["budget"], row["budget_unit"]),
        p=f"{row['p']:.2g}",
        holm=f"{row['p_holm']:.2g}",
        n=f"{_count(row['n_prompts'], 'prompt')} x {_count(row['n_seeds'], 'seed')}",
    )


def _against_references(final: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for _, rows in final.groupby(TASK):
        reference = next((name for name in REFERENCES if name in set(rows["method"])), None)
        if reference:
            parts.append(comparisons(rows, reference).assign(reference=reference))
    if not parts:
        return comparisons(final, BASELINE).assign(reference=BASELINE)
    found = pd.concat(parts, ignore_index=True)
    # One page, one family of tests.
    return found.assign(p_holm=holm(found["p"].to_numpy()))


def _hacking(shares: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if len(shares):
        named = [
            f"{row['method']} {_percent(row['share'])} [{_percent(row['low'])}, {_percent(row['high'])}]"
            for _, row in shares.sort_values("share", ascending=False).iterrows()
            if row["method"] != BASELINE
        ]
        shown = ", ".join(named)
        yield "hacking", f"Cells whose reward rose above base while every held-out reward fell: {shown}. {_BY_CHANCE}"


def _percent(share: float) -> str:
    return "—" if pd.isna(share) else f"{100 * share:.0f} %"


def _unscored(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    whats = {
        "n_failed": "failed",
        "n_none": "had nothing scored by the budget",
        "n_missing": "have not run yet",
    }
    for column, what in whats.items():
        for _, row in rows[rows[column] > 0].iterrows():
            fate = "" if column == "n_missing" else ", and count as base on the same prompt and seed"
            yield "failed", f"{row['method']}: {row[column]} of {_count(row['n'], 'cell')} {what}{fate}."


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
