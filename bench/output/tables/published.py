"""Ours beside published curves: as tables, and for the terminal with a verdict a value."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.output.tables.table import Column, Row, Table, Value
from bench.output.tables.text import DAGGER, UNKNOWN

BESIDE = f"{DAGGER} differs: by more than allowed, which is the tolerance, or a 95 % interval's reach if more."
_STYLES = {"match": "green", "differs": "bold red", "missing": "yellow"}


def comparison_table(comparison: pd.DataFrame, title: str, why: str, differences: Iterable[str]) -> Group:
    """Ours beside published, with a verdict a value and a method; what differs in the setting stands below.

    Args:
        comparison: of `bench.analysis.published.compare.compare_curves`.
        title: what was published, and where.
        why: the reason for the tolerances.
        differences: of our setting from the published one; shown unless all values match.
    """
    table = RichTable(
        title=RichText(title, style="bold"), box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0)
    )
    for name in ("method", "quantity"):
        table.add_column(name)
    for name in ("step", "published", "ours", "difference", "allowed"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for _, row in comparison.iterrows():
        numbers = [_number(row[name]) for name in ("published", "ours", "difference", "allowed")]
        verdict = RichText(row["verdict"], style=_STYLES[row["verdict"]])
        table.add_row(RichText(row["method"]), RichText(_quantity(row)), str(row["step"]), *numbers, verdict)
    return Group(table, *(RichText(f"  {line}") for line in _notes(comparison, why, differences)), RichText())


def beside_tables(comparison: pd.DataFrame) -> list[Table]:
    """Make a table for each published entry: a row a value, our number marked where it differs.

    Args:
        comparison: of `bench.output.evidence.Evidence.comparison`.
    """
    return [
        Table(
            f"Published beside ours: {name}",
            [Column("published"), Column("ours"), Column("difference"), Column("allowed")],
            [_beside_row(row) for _, row in rows.iterrows()],
            [BESIDE, *(f"Different setting: {one}." for one in rows["differences"].unique() if one)],
            keys=("method", "quantity", "step"),
        )
        for name, rows in comparison.groupby("id", sort=False)
    ]


def _beside_row(row: pd.Series) -> Row:
    ours = Value(row["ours"], n=row["cells"], differs=row["verdict"] == "differs")
    cells = [Value(row["published"]), ours, Value(row["difference"]), Value(row["allowed"])]
    return Row((row["method"], _quantity(row), f"{row['step']}"), cells)


def _quantity(row: pd.Series) -> str:
    return row["quantity"] if pd.isna(row["since"]) else f"{row['quantity']}, since step {row['since']:g}"


def _notes(comparison: pd.DataFrame, why: str, differences: Iterable[str]) -> Iterator[str]:
    verdicts = comparison.groupby(["method", "quantity"], sort=False)["verdict"]
    for (method, quantity), rows in verdicts:
        matching = int((rows == "match").sum())
        whole = "match" if matching == len(rows) else "differs" if (rows == "differs").any() else "missing"
        yield f"{method}, {quantity}: {whole} ({matching} of {len(rows)} values match)"
    if (comparison["verdict"] == "missing").any():
        yield "Missing: a cell failed, or ended before that step; `dno-bench status` on the run folder says which."
    yield f"Allowed: the tolerance, or the reach of a 95 % interval where that is more. {why}"
    if (comparison["verdict"] != "match").any():
        yield from (f"Different setting: {note}" for note in differences)


def _number(value: float) -> str:
    return UNKNOWN if pd.isna(value) else f"{value:.4f}"
