"""Tables as HTML: fragments that stand in any page, with what a script needs to sort them."""

from html import escape as escape_html
from math import isnan

from bench.output.tables.table import Column, Row, Table, Value
from bench.output.tables.text import ARROWS, DAGGER, Text, table_texts


def render(tables: list[Table]) -> str:
    """Write a `figure` for each table: the table, and its notes, if there are, as a list.

    All text is escaped, and in ASCII, so that a page of any encoding may hold it. A cell carries its numbers in full
    precision as `data-value`, `data-low`, `data-high` and `data-gap` (absent where not known), `data-n` and
    `data-failed`; a row its `data-group`; a header its `data-direction`; classes mark what is `best`, `differs` or
    `published`.
    """
    text = "\n".join(_render(table) for table in tables) + "\n"
    return text.encode("ascii", "xmlcharrefreplace").decode()


def escape(text: str) -> str:
    """Escape what HTML would read as markup, in text and in quoted attributes."""
    return escape_html(text, quote=True)


def _render(table: Table) -> str:
    keys = [f'<th scope="col">{escape(key)}</th>' for key in table.keys]
    rows = [_row(row, texts) for row, texts in zip(table.rows, table_texts(table), strict=True)]
    return "\n".join(
        [
            '<figure class="results">',
            f"<table><caption>{escape(table.title)}</caption>",
            f"<thead><tr>{''.join([*keys, *map(_header, table.columns)])}</tr></thead>",
            "<tbody>",
            *rows,
            "</tbody></table>",
            *_notes(table.notes),
            "</figure>",
        ]
    )


def _notes(notes: list[str]) -> list[str]:
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return [f"<figcaption><ul>{listed}</ul></figcaption>"] if notes else []


def _header(column: Column) -> str:
    return f'<th scope="col" data-direction="{column.direction}">{escape(column.name + ARROWS[column.direction])}</th>'


def _row(row: Row, texts: list[Text]) -> str:
    names = [f'<th scope="row">{_italic(escape(key), row.published)}</th>' for key in row.keys]
    cells = [_cell(text, cell, row.published) for text, cell in zip(texts, row.cells, strict=True)]
    marked = ' class="published"' if row.published else ""
    marked += f' data-group="{escape(row.group)}"' if row.group else ""
    return f"<tr{marked}>{''.join(names + cells)}</tr>"


def _italic(text: str, italic: bool) -> str:
    return f"<i>{text}</i>" if italic else text


def _cell(text: Text, cell: Value, published: bool) -> str:
    numbers = {"value": cell.value, "low": cell.low, "high": cell.high, "gap": cell.gap}
    data = {name: repr(float(number)) for name, number in numbers.items() if not isnan(number)}
    data |= {"n": str(cell.n), "failed": str(cell.failed)}
    attributes = "".join(f' data-{name}="{number}"' for name, number in data.items())
    classes = [name for name in ("best", "differs") if getattr(cell, name)]
    marked = f' class="{" ".join(classes)}"' if classes else ""
    value = f"<b>{escape(text.value)}</b>" if cell.best else _italic(escape(text.value), published)
    dagger = f"<sup>{DAGGER}</sup>" if cell.differs else ""
    rest = "".join(f" <small>{escape(part)}</small>" for part in (text.interval, text.mark) if part)
    return f"<td{marked}{attributes}>{value}{dagger}{rest}</td>"
