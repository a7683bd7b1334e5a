"""What a method came to in the outcomes that the repository keeps, results/reference/*/."""

from collections.abc import Iterator, Sequence
from functools import cache
from math import nan
from pathlib import Path

import pandas as pd

from bench.analysis.scores import largest_budget, summarise
from bench.output.tables.table import Value
from bench.output.tables.text import cell_text, decimals_for
from bench.store.columns import GROUP, PAIR, TASK
from bench.suite.budget import budget_text
from website.markdown import escaped, table
from website.repository import ROOT

BESIDE = ("base", "best-of-n")
"""The methods whose values stand beside each other's."""
NEEDED = {*GROUP, *PAIR, "best_reward", "last_reward", "status", "seconds", "denoiser_evals", "peak_memory_mb"}
"""Columns of a table of scores that can be summed up; an outcome of an older layout has its own page alone."""


def outcome_table(method: str) -> str:
    """The rows of a method in all outcomes as Markdown; empty where it has none."""
    shown = [name for name in BESIDE if name != method]
    rows = [row for folder in outcomes() for row in _rows(folder, method, shown)]
    return table(["outcome", "task", "label", "within", "prompts", method, *shown], rows) if rows else ""


@cache
def outcomes() -> dict[Path, pd.DataFrame]:
    """The summary of each outcome at the largest budgets (`summarise`), by its folder."""
    scores = {folder: _scores(folder) for folder in sorted((ROOT / "results" / "reference").iterdir())}
    return {folder: largest_budget(summarise(one)) for folder, one in scores.items() if set(one) >= NEEDED}


def _scores(folder: Path) -> pd.DataFrame:
    if (folder / "scores.parquet").is_file():
        return pd.read_parquet(folder / "scores.parquet")
    return pd.read_csv(folder / "scores.csv") if (folder / "scores.csv").is_file() else pd.DataFrame()


def _rows(folder: Path, method: str, shown: Sequence[str]) -> Iterator[list[str]]:
    """One row a task and label under which the method ran, with the values of it and of the others that are shown."""
    summary, labels = outcomes()[folder], _labels(folder, method)
    for (model, reward, _), of_task in summary.groupby(TASK):
        rows = {row["method"]: row for _, row in of_task.iterrows()}
        for label in labels:
            if label in rows:
                own = rows[label]
                values = [_value(rows.get(name)) for name in (label, *shown)]
                texts = [_text(value, decimals_for(values)) for value in values]
                within = budget_text(own["budget"], own["budget_unit"])
                yield [_link(folder), f"{reward} on {model}", f"`{label}`", within, str(int(own["n_prompts"])), *texts]


def _value(row: pd.Series | None) -> Value:
    return Value(nan) if row is None else Value(row["mean"], row["low"], row["high"])


def _text(value: Value, decimals: int) -> str:
    return escaped(" ".join(filter(None, cell_text(value, decimals))))


def _labels(folder: Path, method: str) -> list[str]:
    """What the outcome calls the method: as many labels as it has settings of it."""
    file = folder / "methods.csv"
    if not file.is_file():
        return [method]
    options = pd.read_csv(file, dtype=str, keep_default_na=False)
    return list(dict.fromkeys(options.loc[(options["kind"] == "method") & (options["name"] == method), "label"]))


def _link(folder: Path) -> str:
    """To the page of the outcome, as seen from a folder of the site."""
    page = next(name for name in ("README.md", "table.md") if (folder / name).is_file())
    return f"[{folder.name}](../results/reference/{folder.name}/{page})"
