"""Tables as GitHub markdown."""

import re
from math import isnan

from bench.output.tables.table import Row, Table, Value
from bench.output.tables.text import ARROWS, DAGGER, UNKNOWN, Text, new_groups, shown_keys, table_texts

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
    rows = []
    for row, keys, texts, group in zip(
        table.rows, shown_keys(table), table_texts(table), new_groups(table), strict=True
    ):
        rows += [[_italic(escape(group), True), *("" for _ in header[1:])]] if group else []
        rows.append(_row(row, keys, texts))
    lines = [f"| {' | '.join(row)} |" for row in [header, ruler, *rows]]
    notes = [f"- {escape(note)}" for note in table.notes]
    return "\n".join([f"### {escape(table.title)}", "", *lines, *([""] if notes else []), *notes])


def _row(row: Row, keys: tuple[str, ...], texts: list[Text]) -> list[str]:
    names = [_italic(escape(key), row.published and key != "") for key in keys]
    return names + [_cell(text, cell, row.published) for text, cell in zip(texts, row.cells, strict=True)]


def _italic(text: str, italic: bool) -> str:
    return f"*{text}*" if italic else text


def _cell(text: Text, cell: Value, published: bool) -> str:
    value = f"**{text.value}**" if cell.best else _italic(text.value, published and text.value != UNKNOWN)
    dagger = DAGGER if cell.differs else ""
    # Beside a value a difference would read as subtracted from it.
    interval = text.interval if isnan(cell.gap) else f"({text.interval})"
    return " ".join(part for part in (value.replace("<", "\\<") + dagger, interval, text.mark) if part)
