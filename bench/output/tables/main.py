"""The main layout: for each (model, reward) the reward at each budget, what the images are like, what they cost."""

import pandas as pd

from bench.analysis.costs import costs
from bench.analysis.leaders import leaders
from bench.analysis.outcomes import outcomes
from bench.analysis.scores import DIRECTIONS, metric_names, summarise
from bench.output.tables.backing import Backings, backed_cell, find_backing
from bench.output.tables.best import Best, find_best
from bench.output.tables.cost import cost_table
from bench.output.tables.sentences import COSTS, leader_sentences, reading_sentences, task_text, unranked_sentences
from bench.output.tables.table import Cell, Column, Row, Table
from bench.store.columns import GROUP, TASK
from bench.suite.budget import budget_text

FIRST_METRICS = ("support-distance", "adherence", "noise-probability")


def main_tables(scores: pd.DataFrame) -> list[Table]:
    """Make a table of rewards, one of images and one of costs for each (model, reward), the last with notes on all."""
    summary, metrics = summarise(scores), _shown_metrics(scores)
    lead, spent = leaders(scores), costs(scores)
    images = outcomes(scores, metrics) if metrics else pd.DataFrame(columns=TASK)
    best, backing = find_best(scores, ["best_reward", *metrics]), find_backing(summary, scores)
    tables = []
    for task, rows in summary.groupby(TASK):
        tables.append(_reward_table(rows, _of(task, lead), best, backing))
        if metrics:
            tables.append(_image_table(_of(task, images), metrics, best, backing))
        tables.append(cost_table(rows, spent, backing))
    tables[-1].notes.extend([*reading_sentences(summary), COSTS])
    return tables


def _of(task: tuple[object, ...], frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["model"] == task[0]) & (frame["reward"] == task[1])]


def _shown_metrics(scores: pd.DataFrame) -> list[str]:
    """List the metrics, the telling ones first; `name/part` is left out where `name` sums up its parts."""
    metrics = metric_names(scores)
    return sorted((name for name in metrics if name.rpartition("/")[0] not in metrics), key=_metric_rank)


def _metric_rank(metric: str) -> tuple[int, str]:
    return (FIRST_METRICS.index(metric) if metric in FIRST_METRICS else len(FIRST_METRICS), metric)


def _reward_table(rows: pd.DataFrame, lead: pd.DataFrame, best: Best, backing: Backings) -> Table:
    budgets = rows[["budget", "budget_unit"]].drop_duplicates().sort_values("budget")
    names = [budget_text(budget, unit) for budget, unit in budgets.itertuples(index=False)]
    lines = [
        Row(
            (str(method),),
            [_cell(row, "best_reward", best, backing) for _, row in mine.sort_values("budget").iterrows()],
        )
        for method, mine in rows.groupby("method")
    ]
    columns = [Column(name, DIRECTIONS["best_reward"]) for name in names]
    size = f"prompts: {rows['n_prompts'].max()}, cells a method: {rows['n'].max()}"
    verdicts = [*leader_sentences(lead), *unranked_sentences(rows)]
    return Table(f"{task_text(rows)}: reward by budget ({size})", columns, lines, verdicts)


def _image_table(rows: pd.DataFrame, metrics: list[str], best: Best, backing: Backings) -> Table:
    first = rows.iloc[0]
    own = [metric for metric in metrics if metric != f"held-out/{first['reward']}"]
    lines = []
    for method, mine in rows.groupby("method"):
        by_name = {row["quantity"]: row for _, row in mine.iterrows()}
        lines.append(Row((str(method),), [_cell(by_name[metric], metric, best, backing) for metric in own]))
    columns = [Column(metric, DIRECTIONS.get(metric, 0)) for metric in own]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task_text(rows)}: images at {when}", columns, lines, notes=[], marked=False)


def _cell(row: pd.Series, quantity: str, best: Best, backing: Backings) -> Cell:
    return backed_cell(row, backing, best=(*row[GROUP], quantity) in best)
