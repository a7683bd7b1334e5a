"""A table of sets of images for each (model, reward): diversity across seeds, distance from `base`."""

from math import nan

import pandas as pd

from bench.analysis.scores import DIRECTIONS
from bench.analysis.sets import summarise_sets
from bench.output.tables.sentences import task_text
from bench.output.tables.table import Cell, Column, Row, Table
from bench.store.columns import TASK
from bench.suite.budget import budget_text

NOTES = (
    "Diversity and entropy: mean over prompts of the images across seeds, with the 95 % interval over prompts; "
    "compare with base.",
    "FID and KID: all images of a method against all of base, which has none itself; how far it left the model, not "
    "how good it is. FID falls with the number of images: compare equal numbers.",
)


def set_tables(sets: pd.DataFrame) -> list[Table]:
    """Make a table a (model, reward), the last with notes on how to read them; none where nothing was measured."""
    if sets.empty:
        return []
    summary = summarise_sets(sets)
    order = list(dict.fromkeys(sets["metric"]))
    tables = [_table(rows, order) for _, rows in summary.groupby(TASK)]
    tables[-1].notes.extend(NOTES)
    return tables


def _table(rows: pd.DataFrame, metrics: list[str]) -> Table:
    first = rows.iloc[0]
    by_key = {(row["method"], row["metric"]): row for _, row in rows.iterrows()}
    lines = [
        Row((str(method),), [*(_cell(by_key.get((method, metric))) for metric in metrics), Cell(mine["n"].max())])
        for method, mine in rows.groupby("method")
    ]
    columns = [Column(metric, DIRECTIONS.get(metric, 0)) for metric in metrics] + [Column("images")]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task_text(rows)}: sets of images at {when}", columns, lines, notes=[])


def _cell(row: pd.Series | None) -> Cell:
    return Cell(nan) if row is None else Cell(row["mean"], row["low"], row["high"], row["n"])
