"""Published numbers beside ours, where the suite of a run is one that published entries name."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bench.analysis.published import compare
from bench.published import Published, all_published
from bench.reproduce import published_rows
from bench.store import RunStore
from bench.tables.text import UNKNOWN


class PublishedView(NamedTuple):
    """An entry as the page shows it; each cell of a row is its text and what it is sorted by."""

    title: str
    source: str
    where: str
    why: str
    rows: list[list[tuple[str, str]]]
    differences: list[str]


def published_views(runs: Mapping[str, Path], scores: pd.DataFrame, curves: pd.DataFrame) -> list[PublishedView]:
    """The entries that name the suite of one of the runs, each with our values from that run."""
    names = {name: RunStore.open(path).suite().name for name, path in runs.items()}
    return [
        _view(entry, scores[scores["run"] == run], curves[curves["run"] == run])
        for run, suite in names.items()
        for entry in all_published().values()
        if entry.suite == suite
    ]


def _view(published: Published, scores: pd.DataFrame, curves: pd.DataFrame) -> PublishedView:
    entry = published.entry
    found = compare(published_rows(published), curves, scores)
    rows = [
        [_text(_quantity(row)) if name == "quantity" else _text(row[name]) for name in _COLUMNS]
        for _, row in found.iterrows()
    ]
    return PublishedView(
        entry.title, published.source.title, entry.where, entry.tolerance_why, rows, list(entry.differences)
    )


_COLUMNS = ("method", "quantity", "step", "published", "ours", "difference", "allowed", "verdict")


def _quantity(row: pd.Series) -> str:
    return str(row["quantity"]) if pd.isna(row["since"]) else f"{row['quantity']}, since step {row['since']:g}"


def _text(value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return value, value
    number = float(str(value))
    return (UNKNOWN, "") if pd.isna(number) else (f"{number:.6g}", repr(number))
