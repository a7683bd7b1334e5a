"""What the numbers say, in sentences that claim no more than interval and test support."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from bench.analysis.hacking import hacked_share
from bench.analysis.paired import pairwise
from bench.analysis.scores import largest_budget, summarise
from bench.analysis.verdicts import RULE
from bench.output.tables.sentences import needed_words, task_names
from bench.output.tables.table import Value
from bench.output.tables.text import cell_text, decimals_for
from bench.store.columns import BASELINE, TASK
from bench.suite.budget import budget_text

REFERENCES = ("best-of-n", BASELINE)
"""What methods are compared with: the first of these that a (model, reward) has."""

READING = (
    f"A method beats another, leads it or stands in bold without it only where that is resolved: {RULE}. Everything "
    "else is open, which does not mean equal. Needed to tell are as many prompts as a t-test among as many comparisons "
    "would take to resolve a difference as large, spread over prompts as it is here. The verdict on top asks less: of "
    "two methods named beforehand, base and best-of-n, and so Holm corrects for the methods compared with each."
)
ONE_PROMPT = "With one prompt nothing can be told apart, however large the difference."
_TEST = "paired p = {p} (Holm: {holm}), {n}."
_BY_CHANCE = "Fresh samples do so by chance, too: read the shares beside that of best-of-n."
_VERBS = {
    "better": "{method} beats {reference} by {size} at {when}; " + _TEST,
    "worse": "{method} is behind {reference} by {size} at {when}; " + _TEST,
    "open": "{method} minus {reference} is {size} at {when}, not resolved: {needed}; " + _TEST,
    "untested": "{method} minus {reference} is {size} at {when}, not resolved: {needed}.",
    "unknown": "{method} cannot be compared with {reference} at {when}: a cell has no score.",
}


class Paragraph(NamedTuple):
    """The sentences on one (model, reward), each with its kind: a verdict, "hacking" or "failed"."""

    title: str
    sentences: list[tuple[str, str]]


def summary(scores: pd.DataFrame) -> list[Paragraph]:
    """Compare every method of each (model, reward) with its reference, at the largest budget."""
    final = largest_budget(scores)
    found, names = _against_references(final), task_names(final)
    counts, hacked = summarise(final), hacked_share(final).dropna(subset="share")
    paragraphs = []
    for task, rows in counts.groupby(TASK):
        mine, shares = (one[(one[TASK] == list(task)).all(axis=1)] for one in (found, hacked))
        ranked = mine.sort_values("difference", ascending=False, na_position="last")
        compared = [(str(row["verdict"]), versus_sentence(row)) for _, row in ranked.iterrows()]
        paragraphs.append(Paragraph(names[task], [*compared, *_hacking(shares), *_unscored(rows)]))
    return paragraphs


def reading(scores: pd.DataFrame) -> list[str]:
    """Say how to read the summary, and what one prompt cannot show."""
    single = scores.groupby(TASK)["prompt"].nunique().min() == 1
    return [READING, *([ONE_PROMPT] if single else [])]


def versus_sentence(row: pd.Series) -> str:
    """Write one row of `pairwise` as a sentence."""
    sign = -1 if row["verdict"] == "worse" else 1
    low, high = sorted((sign * row["low"], sign * row["high"]))
    cell = Value(sign * row["difference"], low, high)
    text = cell_text(cell, decimals_for([cell])) if row["verdict"] != "unknown" else None
    tested = row["verdict"] != "open" or pd.notna(row["p"])
    return _VERBS[row["verdict"] if tested else "untested"].format(
        method=row["method"],
        reference=row["reference"],
        size=f"{text.value} {text.interval}".strip() if text else "",
        when=budget_text(row["budget"], row["budget_unit"]),
        needed=needed_words(row["needed"], row["n_prompts"]),
        p=f"{row['p']:.2g}",
        holm=f"{row['p_holm']:.2g}",
        n=f"{_count(row['n_prompts'], 'prompt')} x {_count(row['n_seeds'], 'seed')}",
    )


def _against_references(final: pd.DataFrame) -> pd.DataFrame:
    pairs, parts = pairwise(final), []
    for task, rows in final.groupby(TASK):
        reference = next((name for name in REFERENCES if name in set(rows["method"])), None)
        parts.append(pairs[(pairs[TASK] == list(task)).all(axis=1) & (pairs["reference"] == reference)])
    return pd.concat(parts, ignore_index=True)


def _hacking(shares: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if len(shares):
        named = [
            f"{row['method']} {_share(row)}"
            for _, row in shares.sort_values("share", ascending=False).iterrows()
            if row["method"] != BASELINE
        ]
        shown = ", ".join(named)
        yield "hacking", f"Cells whose reward rose above base while every held-out reward fell: {shown}. {_BY_CHANCE}"


def _share(row: pd.Series) -> str:
    known = f"{100 * row['share']:.0f} %"
    return known if pd.isna(row["low"]) else f"{known} [{100 * row['low']:.0f} %, {100 * row['high']:.0f} %]"


def _unscored(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    whats = {
        "n_failed": "failed",
        "n_none": "had nothing scored by the budget",
        "n_missing": "have not run yet",
    }
    for column, what in whats.items():
        for _, row in rows[rows[column] > 0].iterrows():
            filled = column != "n_missing" and row["method"] != BASELINE and pd.notna(row["mean"])
            fate = ", and count as base on the same prompt and seed" if filled else ""
            yield "failed", f"{row['method']}: {row[column]} of {_count(row['n'], 'cell')} {what}{fate}."


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
