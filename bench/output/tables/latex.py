"""Tables as LaTeX with booktabs, ready to be input into a paper."""

import re
from itertools import chain, count

from bench.output.tables.latex_cells import SHRUNK, STACKED, Type, cell, escape, head, type_for
from bench.output.tables.table import Table
from bench.output.tables.text import new_groups, shown_keys, table_texts

# Shrinks what is wider than the page, and nothing else.
FIT = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


def render(tables: list[Table], caption: str = "") -> str:
    r"""Write a `table` environment for each table, with a `\label` made of its title.

    The document needs the packages that the first line names. Names in other scripts than the Latin one need LuaLaTeX
    or XeLaTeX.

    Args:
        tables: of a layout; up to eight columns of numbers keep the width of a page by smaller type, more are shrunk.
        caption: in place of the title, or before the titles of several tables.
    """
    shrunk = any(type_for(len(table.columns)) == SHRUNK for table in tables)
    needs = rf"% needs \usepackage{{{'booktabs,graphicx' if shrunk else 'booktabs'}}}"
    captions = [_caption(caption, table.title if len(tables) > 1 or not caption else "") for table in tables]
    parts = map(_render, tables, captions, _labels(tables))
    return "\n\n".join([f"{needs}\n{STACKED}", *parts]) + "\n"


def _caption(given: str, title: str) -> str:
    """`Reward at equal time. darkness on emoji: images at 9 s`."""
    return ". ".join(filter(None, [given.rstrip(". ") if title else given, title]))


def _labels(tables: list[Table]) -> list[str]:
    """The titles without what they say in brackets, as labels; a number tells those apart that would be the same."""
    found: list[str] = []
    for table in tables:
        own = re.sub(r"[^a-z0-9]+", "-", table.title.partition(" (")[0].lower()).strip("-") or "results"
        numbered = (f"{own}-{number}" for number in count(2))
        found.append(next(one for one in chain([own], numbered) if one not in found))
    return found


def _render(table: Table, caption: str, label: str) -> str:
    chosen = type_for(len(table.columns))
    heads = _line([*map(escape, table.keys), *(head(column, chosen) for column in table.columns)])
    ours, theirs = (_rows(table, published, chosen) for published in (False, True))
    notes = [rf"\par\smallskip\raggedright\footnotesize {escape(' '.join(table.notes))}"] if table.notes else []
    return "\n".join(
        [
            r"\begin{table}",
            rf"\centering{chosen.size}\setlength{{\tabcolsep}}{{{chosen.gap}pt}}",
            rf"\caption{{{escape(caption)}}}",
            rf"\label{{tab:{label}}}",
            *([FIT] if chosen == SHRUNK else []),
            rf"\begin{{tabular}}{{{'l' * len(table.keys)}{'r' * len(table.columns)}}}",
            *[r"\toprule", heads, r"\midrule", *ours, *([r"\midrule"] if theirs else []), *theirs, r"\bottomrule"],
            r"\end{tabular}}" if chosen == SHRUNK else r"\end{tabular}",
            *notes,
            r"\end{table}",
        ]
    )


def _rows(table: Table, published: bool, chosen: Type) -> list[str]:
    lines = []
    for row, keys, texts, group in zip(
        table.rows, shown_keys(table), table_texts(table), new_groups(table), strict=True
    ):
        if row.published == published:
            names = [rf"\textit{{{escape(key)}}}" if row.published and key else escape(key) for key in keys]
            cells = [cell(text, value, published, chosen) for text, value in zip(texts, row.cells, strict=True)]
            lines += [_group(group, len(names) + len(cells))] if group else []
            lines.append(_line(names + cells))
    return lines


def _group(name: str, width: int) -> str:
    return _line([rf"\textit{{{escape(name)}}}", *("" for _ in range(width - 1))])


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"
