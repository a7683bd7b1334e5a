"""What the analysis found, as tables: markdown, LaTeX, CSV and the terminal."""

from collections.abc import Callable

import pandas as pd
from rich.console import Console

from bench.tables import csv, latex, markdown, terminal
from bench.tables.main import main_tables
from bench.tables.sets import set_tables
from bench.tables.table import Table

__all__ = ["FORMATS", "print_table", "render"]

FORMATS: dict[str, Callable[[list[Table]], str]] = {
    "md": markdown.render,
    "csv": csv.render,
    "latex": latex.render,
}


def render(scores: pd.DataFrame, fmt: str, sets: pd.DataFrame | None = None) -> str:
    """Write the tables of a run's `scores`, and of its `sets` where there are any, as text, in one of `FORMATS`."""
    return FORMATS[fmt](_tables(scores, sets))


def print_table(scores: pd.DataFrame, console: Console, sets: pd.DataFrame | None = None) -> None:
    """Print the tables of a run's `scores`, and of its `sets` where there are any, on a rich console."""
    console.print(terminal.render(_tables(scores, sets)))


def _tables(scores: pd.DataFrame, sets: pd.DataFrame | None) -> list[Table]:
    return main_tables(scores) + (set_tables(sets) if sets is not None else [])
