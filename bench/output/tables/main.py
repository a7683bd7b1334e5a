"""The main layout: for each task the reward at each budget, what the images are like, what they cost."""

from collections.abc import Iterator
from math import nan
from typing import NamedTuple

import pandas as pd

from bench.analysis.costs import costs
from bench.analysis.declared import Directions, direction
from bench.analysis.leaders import leaders
from bench.analysis.outcomes import outcomes
from bench.analysis.scores import metric_names, summarise
from bench.output.tables.backing import Backings, Gaps, backed_value, find_backing, find_gaps, with_gap
from bench.output.tables.best import Best, find_best, find_versus
from bench.output.tables.cost import cost_table
from bench.output.tables.families import Families, by_family
from bench.output.tables.sentences import (
    COSTS,
    count_range,
    leader_sentences,
    reading_sentences,
    task_names,
    unranked_sentences,
)
from bench.output.tables.table import Column, Row, Table, Value
from bench.store.columns import GROUP, TASK
from bench.suite.budget import budget_text

FIRST_METRICS = ("support-distance", "adherence", "noise-probability")


def main_tables(scores: pd.DataFrame, directions: Directions, families: Families, reference: str = "") -> list[Table]:
    """Make a table of rewards, one of images and one of costs for each task, the last with notes on all.

    Args:
        scores: of the store.
        directions: which way is better.
        families: of the methods.
        reference: the method, run on all tasks, that rewards and metrics are measured against; "" for none: intervals
            are then those of the values.
    """
    summary, metrics, names = summarise(scores), _shown_metrics(scores), task_names(scores)
    versus = find_versus(scores, ["best_reward", *metrics], directions)
    lead, spent = leaders(versus["best_reward"]), costs(scores)
    images = outcomes(scores, metrics) if metrics else pd.DataFrame(columns=TASK)
    best, backing = find_best(versus), find_backing(summary, scores)
    gaps = find_gaps(scores, ["best_reward", *metrics], reference) if reference else {}
    tables = []
    for task, rows in summary.groupby(TASK):
        shown = _Shown(names[task], best, backing, gaps, reference, directions, families)
        tables.append(_reward_table(rows, _of(task, lead), shown))
        if metrics:
            tables.append(_image_table(_of(task, images), metrics, shown))
        tables.append(cost_table(names[task], rows, spent, backing, families))
    tables[-1].notes.extend([*reading_sentences(summary, reference), COSTS])
    return tables


class _Shown(NamedTuple):
    """What the tables of a task share: its name, and what is known of all methods and quantities."""

    task: str
    best: Best
    backing: Backings
    gaps: Gaps
    reference: str
    directions: Directions
    families: Families

    def value(self, row: pd.Series, quantity: str) -> Value:
        value = backed_value(row, self.backing, best=(*row[GROUP], quantity) in self.best)
        own = (nan, nan, nan)  # the reference is above itself by nothing that is worth a word
        return with_gap(value, self.gaps.get((*row[GROUP], quantity), own)) if self.reference else value

    def rows(self, frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Each method with its family and its rows of `frame`."""
        for method in by_family(frame["method"], self.families):
            yield method, self.families.get(method, ""), frame[frame["method"] == method]


def _of(task: tuple[object, ...], frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame[TASK] == list(task)).all(axis=1)]


def _shown_metrics(scores: pd.DataFrame) -> list[str]:
    """List the metrics, the telling ones first; `name/part` is left out where `name` sums up its parts."""
    metrics = metric_names(scores)
    return sorted((name for name in metrics if name.rpartition("/")[0] not in metrics), key=_metric_rank)


def _metric_rank(metric: str) -> tuple[int, str]:
    return (FIRST_METRICS.index(metric) if metric in FIRST_METRICS else len(FIRST_METRICS), metric)


def _reward_table(rows: pd.DataFrame, lead: pd.DataFrame, shown: _Shown) -> Table:
    budgets = rows[["budget", "budget_unit"]].drop_duplicates().sort_values("budget")
    lines = []
    for method, family, mine in shown.rows(rows):
        at = {row["budget"]: shown.value(row, "best_reward") for _, row in mine.iterrows()}
        lines.append(Row((method,), [at.get(budget, Value(nan)) for budget in budgets["budget"]], group=family))
    names = [budget_text(budget, unit) for budget, unit in budgets.itertuples(index=False)]
    columns = [Column(name, direction("best_reward", shown.directions)) for name in names]
    size = f"prompts: {count_range(rows['n_prompts'])}, cells a method: {count_range(rows['n'])}"
    verdicts = [*leader_sentences(lead), *unranked_sentences(rows)]
    return Table(f"{shown.task}: reward by budget ({size})", columns, lines, verdicts)


def _image_table(rows: pd.DataFrame, metrics: list[str], shown: _Shown) -> Table:
    first = rows.iloc[0]
    own = [metric for metric in metrics if metric != f"held-out/{first['reward']}"]
    lines = []
    for method, family, mine in shown.rows(rows):
        by_name = {row["quantity"]: shown.value(row, row["quantity"]) for _, row in mine.iterrows()}
        lines.append(Row((method,), [by_name[metric] for metric in own], group=family))
    columns = [Column(metric, direction(metric, shown.directions)) for metric in own]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{shown.task}: images at {when}", columns, lines, notes=[], marked=False)
