"""Ours beside published curves: as tables, and for the terminal with a verdict a value."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.analysis.published.entries import Published
from bench.analysis.published.schema import Entry
from bench.output.tables.table import Column, Row, Table, Value
from bench.output.tables.text import DAGGER, UNKNOWN

BESIDE = f"{DAGGER} differs: by more than allowed, which is the tolerance, or a 95 % interval's reach if more."
_STYLES = {"match": "green", "differs": "bold red", "missing": "yellow"}


def comparison_table(comparison: pd.DataFrame, published: Published) -> Group:
    """Ours beside published, with a verdict a value and a method; what differs in the setting stands below.

    Args:
        comparison: of `bench.analysis.published.compare.compare_curves`.
        published: the entry; its differences of setting are shown unless all values match.
    """
    title = f"{published.entry.title} ({published.source.title}: {published.entry.where})"
    numbers = _numbers_of(comparison)
    table = RichTable(
        title=RichText(title, style="bold"), box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0)
    )
    for name in ("method", "quantity"):
        table.add_column(name)
    for name in ("step", *numbers):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for _, row in comparison.iterrows():
        cells = [_number(row[name]) for name in numbers]
        verdict = RichText(row["verdict"] or UNKNOWN, style=_STYLES.get(row["verdict"], ""))
        table.add_row(RichText(row["method"]), RichText(_quantity(row)), str(row["step"]), *cells, verdict)
    return Group(table, *(RichText(f"  {line}") for line in _notes(comparison, published.entry)), RichText())


def beside_tables(comparison: pd.DataFrame) -> list[Table]:
    """Make a table for each published entry: a row a value, our number marked where it differs.

    Args:
        comparison: of `bench.output.evidence.Evidence.comparison`.
    """
    return [
        Table(
            f"Published beside ours: {name}",
            [Column(number) for number in _numbers_of(rows)],
            [_beside_row(row, _numbers_of(rows)) for _, row in rows.iterrows()],
            [BESIDE, *(f"Different setting: {one}." for one in rows["differences"].unique() if one)],
            keys=("method", "quantity", "step"),
        )
        for name, rows in comparison.groupby("id", sort=False)
    ]


def _beside_row(row: pd.Series, numbers: Iterable[str]) -> Row:
    ours = Value(row["ours"], n=row["cells"], differs=row["verdict"] == "differs")
    cells = [ours if name == "ours" else Value(row[name]) for name in numbers]
    return Row((row["method"], _quantity(row), f"{row['step']}"), cells)


def _numbers_of(comparison: pd.DataFrame) -> list[str]:
    """The numbers that are shown of values; the truth where it is known of any."""
    truth = ["truth"] if comparison["truth"].notna().any() else []
    return ["published", "ours", *truth, "difference", "allowed"]


def _quantity(row: pd.Series) -> str:
    return row["quantity"] if pd.isna(row["since"]) else f"{row['quantity']}, since step {row['since']:g}"


def _notes(comparison: pd.DataFrame, entry: Entry) -> Iterator[str]:
    compared = comparison[comparison["verdict"] != ""]
    for (method, quantity), rows in compared.groupby(["method", "quantity"], sort=False)["verdict"]:
        matching = int((rows == "match").sum())
        whole = "match" if matching == len(rows) else "differs" if (rows == "differs").any() else "missing"
        yield f"{method}, {quantity}: {whole} ({matching} of {len(rows)} values match)"
    if (compared["verdict"] == "missing").any():
        yield "Missing: a cell failed, or ended before that step; `dno-bench status` on the run folder says which."
    yield f"Allowed: the tolerance, or the reach of a 95 % interval where that is more. {entry.tolerance_why}"
    if entry.truth_why:
        yield f"Truth: {entry.truth_why}"
    if (compared["verdict"] != "match").any():
        yield from (f"Different setting: {note}" for note in entry.differences)


def _number(value: float) -> str:
    return UNKNOWN if pd.isna(value) else f"{value:.4f}"
