"""What stands behind a number: how many cells of the run, how many of them have no score, and which they are."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from bench.analysis.paired import versus_reference
from bench.output.tables.table import Value
from bench.store.columns import GROUP


class Backing(NamedTuple):
    """The fields of the same names of a `Value`."""

    n: int
    unscored: int
    failed: int
    cells: tuple[str, ...]


Backings = dict[tuple[object, ...], Backing]
"""By the keys of `GROUP`."""


def find_backing(summary: pd.DataFrame, scores: pd.DataFrame) -> Backings:
    """Count and name the cells behind each row of `summary`, which is `bench.analysis.scores.summarise(scores)`.

    A cell is named `run/cell`; one that has not run yet is counted but has no name.
    """
    scores = scores[scores["status"] != "missing"]
    names = (scores["run"] + "/" + scores["cell"]).groupby([scores[key] for key in GROUP]).agg(tuple)
    cells = names.to_dict()
    unscored = summary[["n_failed", "n_none", "n_missing"]].sum(axis=1)
    counts = zip(summary["n"], unscored, summary["n_failed"], strict=True)
    keys = summary[GROUP].itertuples(index=False, name=None)
    return {
        key: Backing(int(n), int(none), int(failed), cells.get(key, ()))
        for key, (n, none, failed) in zip(keys, counts, strict=True)
    }


Gaps = dict[tuple[object, ...], tuple[float, float, float]]
"""By the keys of `GROUP`, then the quantity: how much more it is than the reference's, and the ends of the interval."""


def find_gaps(scores: pd.DataFrame, quantities: Iterable[str], reference: str) -> Gaps:
    """Compare all methods with a reference, for each of `quantities`."""
    parts = {name: versus_reference(scores, reference, name) for name in quantities}
    return {
        (*key, name): ends
        for name, rows in parts.items()
        for key, ends in zip(
            rows[GROUP].itertuples(index=False, name=None),
            rows[["difference", "low", "high"]].itertuples(index=False, name=None),
            strict=True,
        )
    }


def with_gap(value: Value, gap: tuple[float, float, float]) -> Value:
    """The value measured against a reference: its own interval, which carries the spread of the prompts, goes."""
    more, low, high = gap
    return replace(value, gap=more, low=low, high=high)


def backed_value(row: pd.Series, backing: Backings, best: bool = False, differs: bool = False) -> Value:
    """The value of an estimate: `row` has the keys of `GROUP`, `mean`, `low` and `high`."""
    behind = backing[tuple(row[GROUP])]
    return Value(row["mean"], row["low"], row["high"], best=best, differs=differs, **behind._asdict())
