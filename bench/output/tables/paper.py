"""The layout of DNO's table: a row a method, in it a row a budget, a column a reward; published rows in italics.

The layout is that of Table 1 of Tang et al. 2025 (https://arxiv.org/abs/2405.18881) as its reviews describe it: rows of
methods with the minutes that each was given.
"""

from math import nan

import pandas as pd

from bench.analysis.paired import versus_best
from bench.analysis.scores import summarise
from bench.output.tables.backing import backed_value, find_backing
from bench.output.tables.best import find_best
from bench.output.tables.families import Families, by_family
from bench.output.tables.published import beside_tables
from bench.output.tables.sentences import count_range, reading_sentences
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.output.tables.text import DAGGER
from bench.store.columns import GROUP, TASK
from bench.suite.budget import budget_text

NONE_PUBLISHED = Note(
    "No published rows: the suite names no published table whose setting is comparable (field published)."
)
ITALICS = Note(
    "Italics: published, in our unit, from the source of that number; prompts, seeds and devices are theirs. "
    "Never ranked, averaged or tested with ours.",
    "Italics: published.",
)


def paper_tables(
    scores: pd.DataFrame, published: pd.DataFrame, comparison: pd.DataFrame, families: Families
) -> list[Table]:
    """Make a table a model, the last with notes on how to read them, then published curves beside ours.

    Rewards whose budgets are not the same stand in tables of their own.

    Args:
        scores: of the store.
        published: of `bench.analysis.published.compare.compare_tables`; empty for none.
        comparison: of `bench.output.evidence.Evidence.comparison`; empty for none.
        families: of the methods.
    """
    summary = summarise(scores)
    best = find_best({"best_reward": versus_best(scores)})
    backing = find_backing(summary, scores)
    differs = set(published.loc[published["verdict"] == "differs", GROUP].itertuples(index=False, name=None))
    cells = {
        keys: backed_value(row, backing, best=(*keys, "best_reward") in best, differs=keys in differs)
        for keys, (_, row) in zip(_keys(summary), summary.iterrows(), strict=True)
    }
    tables = [_table(rows, cells, published, families) for rows in _alike(summary)]
    found = any(row.published for table in tables for row in table.rows)
    tables[-1].notes.extend([*reading_sentences(summary), *([] if found else [NONE_PUBLISHED])])
    return tables + beside_tables(comparison)


def _keys(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame[GROUP].itertuples(index=False, name=None))


def _alike(summary: pd.DataFrame) -> list[pd.DataFrame]:
    """Group the tasks of the same model, whole budget and checkpoints."""
    kinds: dict[tuple[object, ...], list[pd.DataFrame]] = {}
    for (model, _, whole), rows in summary.groupby(TASK):
        kinds.setdefault((model, whole, frozenset(rows["budget"])), []).append(rows)
    return [pd.concat(parts) for parts in kinds.values()]


def _table(
    summary: pd.DataFrame, cells: dict[tuple[object, ...], Value], published: pd.DataFrame, families: Families
) -> Table:
    model, whole, unit = summary[["model", "task_budget", "budget_unit"]].iloc[0]
    rewards = list(dict.fromkeys(summary["reward"]))
    rows = [
        Row(
            (method, budget_text(budget, unit)),
            [cells.get((model, reward, whole, unit, budget, method), Value(nan)) for reward in rewards],
            group=families.get(method, ""),
        )
        for method in by_family(summary["method"], families)
        for budget in sorted(summary.loc[summary["method"] == method, "budget"].unique())
    ]
    beside = (published["model"] == model) & (published["task_budget"] == whole)
    shown = published[beside & published["reward"].isin(rewards)]
    size = f"prompts: {count_range(summary['n_prompts'])}, cells a method: {count_range(summary['n'])}"
    return Table(
        f"{', '.join(rewards)} on {model} within {whole} ({size})",
        [Column(reward, 1) for reward in rewards],
        rows + _published_rows(shown, rewards),
        _notes(shown),
        keys=("method", "budget"),
    )


def _published_rows(published: pd.DataFrame, rewards: list[str]) -> list[Row]:
    """A row for each row of a source, numbered by source in the order of the notes."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(published["id"]), start=1)}
    rows = []
    for (name, label), mine in published.groupby(["id", "row"], sort=False):
        values = dict(zip(mine["reward"], mine["published"], strict=True))
        cells = [Value(values.get(reward, nan)) for reward in rewards]
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
        return Note(f"{what}: ours is missing.")
    mark = f"{DAGGER} differs" if row["verdict"] == "differs" else "match"
    when = budget_text(row["budget"], row["budget_unit"])
    difference = f"ours at {when} minus published {row['difference']:.4g}, allowed {row['allowed']:.4g}"
    said = f"{what}: {mark} ({difference})."
    return said if row["verdict"] == "differs" else Note(said)
