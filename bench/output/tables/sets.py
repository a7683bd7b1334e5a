"""A table of sets of images for each task: diversity across seeds, distance from `base`."""

from math import nan

import pandas as pd

from bench.analysis.declared import Directions, direction
from bench.analysis.sets import summarise_sets
from bench.output.tables.families import Families, by_family
from bench.output.tables.sentences import task_names
from bench.output.tables.table import Column, Row, Table, Value
from bench.store.columns import TASK
from bench.suite.budget import budget_text

NOTES = (
    "Diversity and entropy: mean over prompts of the images across seeds, with the 95 % interval over prompts; "
    "compare with base.",
    "FID and KID: all images of a method against all of base, which has none itself; how far it left the model, not "
    "how good it is. FID falls with the number of images: compare equal numbers.",
)


def set_tables(sets: pd.DataFrame, directions: Directions, families: Families) -> list[Table]:
    """Make a table a task, the last with notes on how to read them; none where nothing was measured."""
    if sets.empty:
        return []
    summary, names = summarise_sets(sets), task_names(sets)
    ways = {metric: direction(metric, directions) for metric in dict.fromkeys(sets["metric"])}
    tables = [_table(names[task], rows, ways, families) for task, rows in summary.groupby(TASK)]
    tables[-1].notes.extend(NOTES)
    return tables


def _table(task: str, rows: pd.DataFrame, ways: Directions, families: Families) -> Table:
    first = rows.iloc[0]
    by_key = {(row["method"], row["metric"]): row for _, row in rows.iterrows()}
    images = rows.groupby("method")["n"].max()
    lines = [
        Row(
            (method,),
            [*(_value(by_key.get((method, metric))) for metric in ways), Value(images[method])],
            group=families.get(method, ""),
        )
        for method in by_family(rows["method"], families)
    ]
    columns = [Column(metric, way) for metric, way in ways.items()] + [Column("images")]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task}: sets of images at {when}", columns, lines, notes=[])


def _value(row: pd.Series | None) -> Value:
    return Value(nan) if row is None else Value(row["mean"], row["low"], row["high"], row["n"])
