"""Tables as GitHub markdown."""

import re

from bench.output.tables.table import Cell, Row, Table
from bench.output.tables.text import ARROWS, DAGGER, UNKNOWN, Text, shown_keys, table_texts

SPECIAL = re.compile(r"([\\`*_<>|&$~#]|\](?=\())")


def render(tables: list[Table]) -> str:
    """Write a heading, the table and its notes for each table."""
    return "\n\n".join(_render(table) for table in tables) + "\n"


def escape(text: str) -> str:
    """Escape what markdown would read as markup, and keep the text on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _render(table: Table) -> str:
    header = [*map(escape, table.keys), *(escape(column.name) + ARROWS[column.direction] for column in table.columns)]
    ruler = ["---" for _ in table.keys] + ["---:" for _ in table.columns]
    rows = [
        _row(row, keys, texts)
        for row, keys, texts in zip(table.rows, shown_keys(table), table_texts(table), strict=True)
    ]
    lines = [f"| {' | '.join(row)} |" for row in [header, ruler, *rows]]
    notes = [f"- {escape(note)}" for note in table.notes]
    return "\n".join([f"### {escape(table.title)}", "", *lines, *([""] if notes else []), *notes])


def _row(row: Row, keys: tuple[str, ...], texts: list[Text]) -> list[str]:
    names = [_italic(escape(key), row.published and key != "") for key in keys]
    return names + [_cell(text, cell, row.published) for text, cell in zip(texts, row.cells, strict=True)]


def _italic(text: str, italic: bool) -> str:
    return f"*{text}*" if italic else text


def _cell(text: Text, cell: Cell, published: bool) -> str:
    value = f"**{text.value}**" if cell.best else _italic(text.value, published and text.value != UNKNOWN)
    dagger = DAGGER if cell.differs else ""
    return " ".join(part for part in (value.replace("<", "\\<") + dagger, text.interval, text.mark) if part)
