"""The layout of DNO's table: a row a method, in it a row a budget, a column a reward; published rows in italics.

The layout is that of Table 1 of Tang et al. 2025 (https://arxiv.org/abs/2405.18881) as its reviews describe it: rows of
methods with the minutes that each was given.
"""

from math import nan

import pandas as pd

from bench.analysis.scores import summarise
from bench.output.tables.backing import backed_cell, find_backing
from bench.output.tables.best import find_best
from bench.output.tables.published import beside_tables
from bench.output.tables.sentences import reading_sentences
from bench.output.tables.table import Cell, Column, Row, Table
from bench.output.tables.text import DAGGER
from bench.store.columns import GROUP, TASK
from bench.suite.budget import budget_text

NONE_PUBLISHED = "No published rows: the suite names no published table whose setting is comparable (field published)."
ITALICS = (
    "Italics: published, in our unit, from the source of that number; prompts, seeds and devices are theirs. "
    "Never ranked, averaged or tested with ours."
)


def paper_tables(scores: pd.DataFrame, published: pd.DataFrame, comparison: pd.DataFrame) -> list[Table]:
    """Make a table a model, the last with notes on how to read them, then published curves beside ours.

    Rewards whose budgets are not the same stand in tables of their own.

    Args:
        scores: of the store.
        published: of `bench.analysis.published.rows.compare_tables`; empty for none.
        comparison: of `bench.analysis.published.compare.compare`, with `id` and `quantity`; empty for none.
    """
    summary = summarise(scores)
    best, backing = find_best(scores, ["best_reward"]), find_backing(summary, scores)
    differs = set(published.loc[published["verdict"] == "differs", GROUP].itertuples(index=False, name=None))
    cells = {
        keys: backed_cell(row, backing, best=(*keys, "best_reward") in best, differs=keys in differs)
        for keys, (_, row) in zip(_keys(summary), summary.iterrows(), strict=True)
    }
    tables = [_table(rows, cells, published) for rows in _alike(summary)]
    found = any(row.published for table in tables for row in table.rows)
    tables[-1].notes.extend([*reading_sentences(summary), *([] if found else [NONE_PUBLISHED])])
    return tables + beside_tables(comparison)


def _keys(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame[GROUP].itertuples(index=False, name=None))


def _alike(summary: pd.DataFrame) -> list[pd.DataFrame]:
    """Group what has the same model and budgets."""
    kinds: dict[tuple[object, ...], list[pd.DataFrame]] = {}
    for (model, _), rows in summary.groupby(TASK):
        budgets = frozenset(zip(rows["budget_unit"], rows["budget"], strict=True))
        kinds.setdefault((model, budgets), []).append(rows)
    return [pd.concat(parts) for parts in kinds.values()]


def _table(summary: pd.DataFrame, cells: dict[tuple[object, ...], Cell], published: pd.DataFrame) -> Table:
    model = summary["model"].iloc[0]
    rewards = list(dict.fromkeys(summary["reward"]))
    lines = summary[["method", "budget_unit", "budget"]].drop_duplicates().sort_values(["method", "budget"])
    rows = [
        Row(
            (method, budget_text(budget, unit)),
            [cells.get((model, reward, unit, budget, method), Cell(nan)) for reward in rewards],
        )
        for method, unit, budget in lines.itertuples(index=False, name=None)
    ]
    shown = published[(published["model"] == model) & published["reward"].isin(rewards)]
    size = f"prompts: {_range(summary['n_prompts'])}, cells a method: {_range(summary['n'])}"
    return Table(
        f"{', '.join(rewards)} on {model} ({size})",
        [Column(reward, 1) for reward in rewards],
        rows + _published_rows(shown, rewards),
        _notes(shown),
        keys=("method", "budget"),
    )


def _range(counts: pd.Series) -> str:
    return f"{counts.min()}" if counts.nunique() == 1 else f"{counts.min()} to {counts.max()}"


def _published_rows(published: pd.DataFrame, rewards: list[str]) -> list[Row]:
    """A row for each row of a source, numbered by source in the order of the notes."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(published["id"]), start=1)}
    rows = []
    for (name, label), mine in published.groupby(["id", "row"], sort=False):
        values = dict(zip(mine["reward"], mine["published"], strict=True))
        cells = [Cell(values.get(reward, nan)) for reward in rewards]
        rows.append(Row((str(label), f"published ({numbers[name]})"), cells, published=True))
    return rows


def _notes(published: pd.DataFrame) -> list[str]:
    if published.empty:
        return []
    sources = [f"({number}) {source}." for number, source in enumerate(dict.fromkeys(published["source"]), start=1)]
    compared = published[published["verdict"] != ""]
    return [ITALICS, *sources, *(_verdict(row) for _, row in compared.iterrows())]


def _verdict(row: pd.Series) -> str:
    what = f"{row['method']} beside the published {row['row']} ({row['id']}), {row['reward']}"
    if row["verdict"] == "missing":
        return f"{what}: ours is missing."
    mark = f"{DAGGER} differs" if row["verdict"] == "differs" else "match"
    when = budget_text(row["budget"], row["budget_unit"])
    difference = f"ours at {when} minus published {row['difference']:.4g}, allowed {row['allowed']:.4g}"
    return f"{what}: {mark} ({difference})."
