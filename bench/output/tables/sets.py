"""A table of sets of samples for each task: diversity across seeds, distance from `base`, from a known distribution."""

from collections.abc import Iterator
from math import nan

import pandas as pd

from bench.analysis.declared import Directions, direction
from bench.analysis.sets import summarise_sets
from bench.output.tables.families import Families, by_family
from bench.output.tables.sentences import task_names
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.store.columns import TASK
from bench.suite.budget import budget_text

ACROSS_SEEDS = Note(
    "A set is of one prompt across seeds; the values are means over prompts, with the 95 % interval over prompts: "
    "compare with base.",
    "Sets: of one prompt across seeds, mean over prompts [95 % interval over prompts].",
)
AGAINST_BASE = Note(
    "FID and KID: all images of a method against all of base, which has none itself; how far it left the model, not "
    "how good it is. FID falls with the number of images: compare equal numbers.",
    "FID and KID: all images of a method against all of base.",
)
WITH_ERRORS = Note(
    "s.e.: the standard error of the value before it, from the spread of the set's own samples; a distance of 0 is met "
    "from both sides, so it may be negative.",
    "s.e.: standard error of the value before it.",
)


def set_tables(sets: pd.DataFrame, directions: Directions, families: Families) -> list[Table]:
    """Make a table a task, the last with notes on how to read them; none where nothing was measured."""
    if sets.empty:
        return []
    summary, names = summarise_sets(sets), task_names(sets)
    ways = {metric: direction(metric, directions) for metric in dict.fromkeys(sets["metric"])}
    tables = [_table(names[task], rows, ways, families) for task, rows in summary.groupby(TASK)]
    tables[-1].notes.extend(_notes(sets))
    return tables


def _notes(sets: pd.DataFrame) -> Iterator[str]:
    spans_prompts = sets["prompt"] == ""
    said = {ACROSS_SEEDS: ~spans_prompts, AGAINST_BASE: spans_prompts, WITH_ERRORS: sets["se"].notna()}
    yield from (note for note, rows in said.items() if rows.any())


def _table(task: str, rows: pd.DataFrame, ways: Directions, families: Families) -> Table:
    first = rows.iloc[0]
    by_key = {(row["method"], row["metric"]): row for _, row in rows.iterrows()}
    samples = rows.groupby("method")["n"].max()
    columns = list(_columns(rows, ways))
    lines = [
        Row(
            (method,),
            [*(_value(by_key.get((method, metric)), part) for metric, part, _ in columns), Value(samples[method])],
            group=families.get(method, ""),
        )
        for method in by_family(rows["method"], families)
    ]
    heads = [column for _, _, column in columns] + [Column("samples")]
    when = budget_text(first["budget"], first["budget_unit"])
    return Table(f"{task}: sets of samples at {when}", heads, lines, notes=[])


def _columns(rows: pd.DataFrame, ways: Directions) -> Iterator[tuple[str, str, Column]]:
    """Metric, column of the summary and head; a standard error stands beside the value that has one."""
    with_errors = set(rows.loc[rows["se"].notna(), "metric"])
    for metric, way in ways.items():
        yield metric, "mean", Column(metric, way)
        if metric in with_errors:
            yield metric, "se", Column(f"{metric} s.e.")


def _value(row: pd.Series | None, part: str) -> Value:
    if row is None:
        return Value(nan)
    return Value(row["mean"], row["low"], row["high"], row["n"]) if part == "mean" else Value(row["se"], n=row["n"])
