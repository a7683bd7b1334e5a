"""Tables for the terminal, by rich."""

import re

from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.output.tables.table import Column, Table, Value
from bench.output.tables.text import ARROWS, DAGGER, Text, new_groups, shown_keys, table_texts


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
    for key in table.keys:
        rich.add_column(key, no_wrap=True)
    for column in table.columns:
        rich.add_column(_header(column), justify="right", overflow="fold")
    for row, keys, texts, group in zip(
        table.rows, shown_keys(table), table_texts(table), new_groups(table), strict=True
    ):
        if group:
            rich.add_section()
            rich.add_row(RichText(group, style="dim italic"))
        names = [RichText(key, style="italic" if row.published else "") for key in keys]
        rich.add_row(*names, *(_cell(text, cell, row.published) for text, cell in zip(texts, row.cells, strict=True)))
    return rich


def _header(column: Column) -> RichText:
    # One part of the name a line: a dozen columns fit into a terminal. A sign stays with its number.
    return RichText(re.sub(r"(?<=\w)([-/])", r"\1\n", column.name) + ARROWS[column.direction])


def _cell(text: Text, cell: Value, published: bool) -> RichText:
    value = text.value + (DAGGER if cell.differs else "")
    rest = [RichText(f"\n{part}", style="dim") for part in (text.interval, text.mark) if part]
    return RichText.assemble(RichText(value, style=_style(cell, published)), *rest)


def _style(cell: Value, published: bool) -> str:
    return "bold green" if cell.best else "italic" if published else ""


def _notes(table: Table) -> list[RichText]:
    return [*(RichText(f"  {note}") for note in table.notes), RichText()]
