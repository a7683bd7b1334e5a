"""What the analysis found, as tables: markdown, LaTeX, HTML, CSV and the terminal."""

from collections.abc import Callable

from bench.output.tables import csv, html, latex, markdown
from bench.output.tables.layouts import LAYOUTS
from bench.output.tables.table import Table

__all__ = ["FORMATS", "LAYOUTS"]

FORMATS: dict[str, Callable[[list[Table]], str]] = {
    "md": markdown.render,
    "csv": csv.render,
    "latex": latex.render,
    "html": html.render,
}
