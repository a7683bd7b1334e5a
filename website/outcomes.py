"""What a method came to in the outcomes that the repository keeps, results/reference/*/."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.scores import largest_budget, summarise
from bench.output.tables.table import Value
from bench.output.tables.text import cell_text, decimals_for
from bench.registry import Entry
from bench.store.columns import GROUP, PAIR, TASK
from bench.store.plugins import OPTIONS
from bench.suite.budget import budget_text
from website.markdown import escaped, table
from website.repository import ROOT

BESIDE = ("base", "best-of-n")
"""The methods whose values stand beside each other's."""
NEEDED = {*GROUP, *PAIR, "best_reward", "last_reward", "status", "seconds", "denoiser_evals", "peak_memory_mb"}
"""Columns of a table of scores that can be summed up; an outcome of an older layout has its own page alone."""


def outcome_table(method: Entry[Any, Any]) -> str:
    """The rows of a method in all outcomes as Markdown; empty where it has none."""
    shown = [name for name in BESIDE if name != method.name]
    rows = [row for folder in outcomes() for row in _rows(folder, _settings(folder, method), shown)]
    return table(["outcome", "task", "setting", "within", "prompts", method.name, *shown], rows) if rows else ""


@cache
def outcomes() -> dict[Path, pd.DataFrame]:
    """The summary of each outcome at the largest budgets (`summarise`), by its folder."""
    scores = {folder: _scores(folder) for folder in sorted((ROOT / "results" / "reference").iterdir())}
    return {folder: largest_budget(summarise(one)) for folder, one in scores.items() if set(one) >= NEEDED}


def _scores(folder: Path) -> pd.DataFrame:
    if (folder / "scores.parquet").is_file():
        return pd.read_parquet(folder / "scores.parquet")
    return pd.read_csv(folder / "scores.csv") if (folder / "scores.csv").is_file() else pd.DataFrame()


def _rows(folder: Path, settings: Mapping[str, str], shown: Sequence[str]) -> Iterator[list[str]]:
    """One row a task and label of the method, with the values of it and of the others that are shown."""
    for (model, reward, _), of_task in outcomes()[folder].groupby(TASK):
        rows = {row["method"]: row for _, row in of_task.iterrows()}
        for label, setting in settings.items():
            if label in rows:
                values = [_value(rows.get(name)) for name in (label, *shown)]
                texts = [_text(value, decimals_for(values)) for value in values]
                yield [_link(folder), f"{reward} on {model}", escaped(setting), *_backing(rows[label]), *texts]


def _backing(row: pd.Series) -> list[str]:
    return [budget_text(row["budget"], row["budget_unit"]), str(int(row["n_prompts"]))]


def _value(row: pd.Series | None) -> Value:
    return Value(nan) if row is None else Value(row["mean"], row["low"], row["high"])


def _text(value: Value, decimals: int) -> str:
    return escaped(" ".join(filter(None, cell_text(value, decimals))))


def _settings(folder: Path, method: Entry[Any, Any]) -> dict[str, str]:
    """What the outcome calls the method, a label a setting, to the options that are not today's defaults."""
    file = folder / OPTIONS
    if not file.is_file():
        return {method.name: "as in its suite"}
    defaults = {one.name: "" if one.default is None else str(one.default) for one in fields(method.factory)}
    changed: dict[str, list[str]] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        if (row["kind"], row["name"]) == ("method", method.name):
            own = changed.setdefault(row["label"], [])
            if row["value"] != defaults.get(row["option"], row["value"]):
                own.append(f"{row['option']} {row['value']}")
    return {label: ", ".join(own) or "defaults" for label, own in changed.items()}


def _link(folder: Path) -> str:
    """To the page of the outcome, as seen from a folder of the site."""
    page = next(name for name in ("README.md", "table.md") if (folder / name).is_file())
    return f"[{folder.name}](../results/reference/{folder.name}/{page})"
