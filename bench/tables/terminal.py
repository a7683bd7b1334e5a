"""Tables for the terminal, by rich."""

import re

from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.tables.markdown import ARROWS
from bench.tables.table import Column, Table
from bench.tables.text import Text, table_texts


def render(tables: list[Table]) -> Group:
    """Lay out each table with its notes below; names are never read as rich markup."""
    parts: list[RichTable | RichText] = []
    for table in tables:
        parts += [_render(table), *_notes(table)]
    return Group(*parts)


def _render(table: Table) -> RichTable:
    rich = RichTable(
        title=RichText(table.title, style="bold"),
        box=box.SIMPLE_HEAD,
        title_justify="left",
        padding=(0, 1, 0, 0),
    )
    rich.add_column("method", no_wrap=True)
    for column in table.columns:
        rich.add_column(_header(column), justify="right", overflow="fold")
    texts = table_texts(table)
    for name, cells in table.rows.items():
        written = zip(texts[name], cells, strict=True)
        rich.add_row(RichText(name), *(_cell(text, cell.best) for text, cell in written))
    return rich


def _header(column: Column) -> RichText:
    # One part of the name a line: a dozen columns fit into a terminal.
    return RichText(re.sub(r"([-/])", r"\1\n", column.name) + ARROWS[column.direction])


def _cell(text: Text, best: bool) -> RichText:
    value = RichText(text.value, style="bold green" if best else "")
    rest = [RichText(f"\n{part}", style="dim") for part in (text.interval, text.mark) if part]
    return RichText.assemble(value, *rest)


def _notes(table: Table) -> list[RichText]:
    return [*(RichText(f"  {note}") for note in table.notes), RichText()]
