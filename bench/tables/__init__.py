"""What the analysis found, as tables: markdown, LaTeX, CSV and the terminal."""

from collections.abc import Callable

import pandas as pd
from rich.console import Console

from bench.tables import csv, latex, markdown, terminal
from bench.tables.main import main_tables
from bench.tables.table import Table

__all__ = ["FORMATS", "print_table", "render"]

FORMATS: dict[str, Callable[[list[Table]], str]] = {
    "md": markdown.render,
    "csv": csv.render,
    "latex": latex.render,
}


def render(scores: pd.DataFrame, fmt: str) -> str:
    """Write the main tables of a run's `scores` as text, in one of `FORMATS`."""
    return FORMATS[fmt](main_tables(scores))


def print_table(scores: pd.DataFrame, console: Console) -> None:
    """Print the main tables of a run's `scores` on a rich console."""
    console.print(terminal.render(main_tables(scores)))
