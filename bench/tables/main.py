"""The main layout: for each (model, reward) the reward at each budget, then what it cost and what it did."""

import pandas as pd

from bench.analysis.leaders import leaders
from bench.analysis.paired import versus_best
from bench.analysis.scores import DIRECTIONS, TASK, fill_cells, largest_budget, metric_names, summarise
from bench.analysis.units import budget_text
from bench.tables.sentences import leader_sentences, reading_sentences, unranked_sentences
from bench.tables.table import Cell, Column, Table

Best = set[tuple[object, ...]]
"""(model, reward, budget, method, quantity) of each cell that is best or tied with it."""

FIRST_METRICS = ("support-distance", "adherence", "noise-probability")
COSTS = {"seconds": "seconds", "denoiser_evals": "denoiser evals", "peak_memory_mb": "peak MB"}
COUNTS = {"n": "n", "n_failed": "failed"}


def main_tables(scores: pd.DataFrame) -> list[Table]:
    """Make two tables a (model, reward), the last with notes on how to read them all."""
    summary = summarise(scores)
    lead = leaders(scores)
    metrics = _shown_metrics(scores)
    best = _best(scores, ["best_reward", *metrics])
    tables = []
    for (model, reward), rows in summary.groupby(TASK):
        mine = lead[(lead["model"] == model) & (lead["reward"] == reward)]
        title = f"{reward} on {model}"
        verdicts = [*leader_sentences(mine), *unranked_sentences(rows)]
        tables.append(_reward_table(title, rows, best, verdicts))
        own = [metric for metric in metrics if metric != f"held-out/{reward}"]
        tables.append(_outcome_table(title, largest_budget(rows), own, best))
    tables[-1].notes.extend(reading_sentences(summary))
    return tables


def _shown_metrics(scores: pd.DataFrame) -> list[str]:
    """List the metrics, the telling ones first; `name/part` is left out where `name` sums up its parts."""
    metrics = metric_names(scores)
    return sorted((name for name in metrics if name.rpartition("/")[0] not in metrics), key=_metric_rank)


def _metric_rank(metric: str) -> tuple[int, str]:
    return (FIRST_METRICS.index(metric) if metric in FIRST_METRICS else len(FIRST_METRICS), metric)


def _best(scores: pd.DataFrame, quantities: list[str]) -> Best:
    cells = fill_cells(scores)
    best: Best = set()
    for quantity in quantities:
        if quantity in DIRECTIONS:
            versus = versus_best(cells, quantity)
            tied = versus.loc[versus["tied"], [*TASK, "budget", "method"]].assign(quantity=quantity)
            best |= set(tied.itertuples(index=False, name=None))
    return best


def _reward_table(title: str, rows: pd.DataFrame, best: Best, notes: list[str]) -> Table:
    budgets = rows[["budget", "budget_unit"]].drop_duplicates().sort_values("budget")
    names = [budget_text(budget, unit) for budget, unit in budgets.itertuples(index=False)]
    cells = {
        str(method): [_reward_cell(row, best) for _, row in mine.sort_values("budget").iterrows()]
        for method, mine in rows.groupby("method")
    }
    columns = [Column(name, DIRECTIONS["best_reward"]) for name in names]
    size = f"prompts: {rows['n_prompts'].max()}, cells a method: {rows['n'].max()}"
    return Table(f"{title}: reward by budget ({size})", columns, cells, notes)


def _reward_cell(row: pd.Series, best: Best) -> Cell:
    unscored = row["n_failed"] + row["n_none"] + row["n_missing"]
    return Cell(row["mean"], row["low"], row["high"], row["n"], unscored, _is_best(row, "best_reward", best))


def _outcome_table(title: str, rows: pd.DataFrame, metrics: list[str], best: Best) -> Table:
    names = {metric: metric for metric in metrics} | COSTS | COUNTS
    columns = [Column(name, DIRECTIONS.get(quantity, 0)) for quantity, name in names.items()]
    cells = {
        row["method"]: [Cell(row[quantity], n=row["n"], best=_is_best(row, quantity, best)) for quantity in names]
        for _, row in rows.iterrows()
    }
    when = budget_text(rows["budget"].iloc[0], rows["budget_unit"].iloc[0])
    return Table(f"{title}: images and cost at {when}", columns, cells, notes=[])


def _is_best(row: pd.Series, quantity: str, best: Best) -> bool:
    return (*row[[*TASK, "budget", "method"]], quantity) in best
