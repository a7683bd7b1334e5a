"""The final layout: one table, the reward of each method on each task at its largest budget."""

from math import nan

import pandas as pd

from bench.analysis.declared import Directions, direction
from bench.analysis.scores import largest_budget, summarise
from bench.output.tables.backing import find_backing, find_gaps
from bench.output.tables.best import find_best, find_versus
from bench.output.tables.families import Families
from bench.output.tables.sentences import reading_sentences, task_names
from bench.output.tables.shown import Shown
from bench.output.tables.table import Column, Row, Table, Value
from bench.store.columns import TASK
from bench.suite.budget import budget_text


def final_tables(scores: pd.DataFrame, directions: Directions, families: Families, reference: str = "") -> list[Table]:
    """Make the table; arguments as of `bench.output.tables.main.main_tables`."""
    final = largest_budget(scores)
    summary, best = summarise(final), find_best(find_versus(final, ["best_reward"], directions))
    gaps = find_gaps(final, ["best_reward"], reference) if reference else {}
    shown = Shown(best, find_backing(summary, final), gaps, reference, directions, families)
    tasks = [tuple(key) for key, _ in summary.groupby(TASK)]
    rows = []
    for method, family, mine in shown.rows(summary):
        at = {tuple(row[TASK]): shown.value(row, "best_reward") for _, row in mine.iterrows()}
        rows.append(Row((method,), [at.get(task, Value(nan)) for task in tasks], group=family))
    whens, names = _budgets(summary), task_names(summary)
    way = direction("best_reward", directions)
    columns = [Column(f"{names[task]}, {whens[task]}", way) for task in tasks]
    return [Table("reward at the largest budgets", columns, rows, reading_sentences(summary, reference))]


def _budgets(summary: pd.DataFrame) -> dict[tuple[object, ...], str]:
    first = summary.drop_duplicates(TASK)
    texts = map(budget_text, first["budget"], first["budget_unit"])
    return dict(zip(first[TASK].itertuples(index=False, name=None), texts, strict=True))
