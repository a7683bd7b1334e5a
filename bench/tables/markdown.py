"""Tables as GitHub markdown."""

import re

from bench.tables.table import Column, Table
from bench.tables.text import Text, table_texts

ARROWS = {1: " ↑", -1: " ↓", 0: ""}
SPECIAL = re.compile(r"([\\`*_<>|&$~#]|\](?=\())")


def render(tables: list[Table]) -> str:
    """Write a heading, the table and its notes for each table."""
    return "\n\n".join(_render(table) for table in tables) + "\n"


def escape(text: str) -> str:
    """Escape what markdown would read as markup, and keep the text on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _render(table: Table) -> str:
    header = ["method", *(_header(column) for column in table.columns)]
    ruler = ["---", *("---:" for _ in table.columns)]
    texts = table_texts(table)
    rows = [
        [escape(name), *(_cell(text, cell.best) for text, cell in zip(texts[name], cells, strict=True))]
        for name, cells in table.rows.items()
    ]
    lines = [f"| {' | '.join(row)} |" for row in [header, ruler, *rows]]
    notes = [f"- {escape(note)}" for note in table.notes]
    return "\n".join([f"### {escape(table.title)}", "", *lines, "", *notes])


def _header(column: Column) -> str:
    return escape(column.name) + ARROWS[column.direction]


def _cell(text: Text, best: bool) -> str:
    value = f"**{text.value}**" if best else text.value
    return " ".join(part for part in (value, text.interval, text.mark) if part)
