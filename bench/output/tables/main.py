"""The main layout: for each task the reward at each budget, what the images are like, what they cost."""

from math import nan

import pandas as pd

from bench.analysis.costs import costs
from bench.analysis.declared import Directions, direction
from bench.analysis.leaders import leaders
from bench.analysis.outcomes import outcomes
from bench.analysis.scores import metric_names, summarise
from bench.output.tables.backing import find_backing, find_gaps
from bench.output.tables.best import find_best, find_versus
from bench.output.tables.cost import cost_table
from bench.output.tables.families import Families
from bench.output.tables.sentences import (
    COSTS,
    count_range,
    leader_sentences,
    reading_sentences,
    task_names,
    unranked_sentences,
)
from bench.output.tables.shown import Shown
from bench.output.tables.table import Column, Row, Table, Value
from bench.store.columns import TASK
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
    shown, tables = Shown(best, backing, gaps, reference, directions, families), []
    for task, rows in summary.groupby(TASK):
        tables.append(_reward_table(names[task], rows, _of(task, lead), shown))
        if metrics:
            tables.append(_image_table(names[task], _of(task, images), metrics, shown))
        tables.append(cost_table(names[task], rows, spent, backing, families))
    tables[-1].notes.extend([*reading_sentences(summary, reference), COSTS])
    return tables


def _of(task: tuple[object, ...], frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame[TASK] == list(task)).all(axis=1)]


def _shown_metrics(scores: pd.DataFrame) -> list[str]:
    """List the metrics, the telling ones first; `name/part` is left out where `name` sums up its parts."""
    metrics = metric_names(scores)
    return sorted((name for name in metrics if name.rpartition("/")[0] not in metrics), key=_metric_rank)


def _metric_rank(metric: str) -> tuple[int, str]:
    return (FIRST_METRICS.index(metric) if metric in FIRST_METRICS else len(FIRST_METRICS), metric)


def _reward_table(task: str, rows: pd.DataFrame, lead: pd.DataFrame, shown: Shown) -> Table:
    budgets = rows[["budget", "budget_unit"]].drop_duplicates().sort_values("budget")
    lines = []
    for method, family, mine in shown.rows(rows):
        at = {row["budget"]: shown.value(row, "best_reward") for _, row in mine.iterrows()}
        lines.append(Row((method,), [at.get(budget, Value(nan)) for budget in budgets["budget"]], group=family))
    names = [budget_text(budget, unit) for budget, unit in budgets.itertuples(index=False)]
    columns = [Column(name, direction("best_reward", shown.directions)) for name in names]
    size = f"prompts: {count_range(rows['n_prompts'])}, cells a method: {count_range(rows['n'])}"
    verdicts = [*leader_sentences(lead), *unranked_sentences(rows)]
    return Table(f"{task}: reward by budget ({size})", columns, lines, verdicts)


def _image_table(task: str, rows: pd.DataFrame, metrics: list[str], shown: Shown) -> Table:
    first = rows.iloc[0]
    own = [metric for metric in metrics if metric != f"held-out/{first['reward']}"]
    lines = []
    for method, family, mine in shown.rows(rows):
        by_name = {row["quantity"]: shown.value(row, row["quantity"]) for _, row in mine.iterrows()}
        lines.append(Row((method,), [by_name[metric] for metric in own], group=family))
    columns = [Column(metric, direction(metric, shown.directions)) for metric in own]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task}: images at {when}", columns, lines, notes=[], marked=False)
