"""What the analysis found, as tables: markdown, LaTeX, CSV and the terminal."""

from collections.abc import Callable

import pandas as pd
from rich.console import Group

from bench.tables import csv, latex, markdown, terminal
from bench.tables.main import main_tables
from bench.tables.table import Table

__all__ = ["FORMATS", "render", "render_terminal"]

FORMATS: dict[str, Callable[[list[Table]], str]] = {
    "md": markdown.render,
    "csv": csv.render,
    "latex": latex.render,
}


def render(scores: pd.DataFrame, fmt: str) -> str:
    """Write the main tables of a run's `scores` as text, in one of `FORMATS`."""
    return FORMATS[fmt](main_tables(scores))


def render_terminal(scores: pd.DataFrame) -> Group:
    """Lay out the main tables of a run's `scores` for a rich console."""
    return terminal.render(main_tables(scores))
