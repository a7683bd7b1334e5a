"""Tables as LaTeX with booktabs, ready to be input into a paper."""

from bench.output.tables.table import Column, Row, Table, Value
from bench.output.tables.text import INFINITE, UNKNOWN, Text, new_groups, shown_keys, table_texts

ARROWS = {1: r" $\uparrow$", -1: r" $\downarrow$", 0: ""}
SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        # A bracket that follows \\ would be read as its optional argument.
        "[": "{[}",
        "]": "{]}",
        "†": r"\dag{}",
        "∞": r"$\infty$",
        "≤": r"$\leq$",
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)
# Shrinks what is wider than the page, and nothing else.
FIT = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


def render(tables: list[Table]) -> str:
    r"""Write a `table` environment for each table; the document needs `\usepackage{booktabs,graphicx}`.

    Names in other scripts than the Latin one need LuaLaTeX or XeLaTeX.
    """
    return "\n\n".join(["% needs \\usepackage{booktabs,graphicx}", *(_render(table) for table in tables)]) + "\n"


def escape(text: str) -> str:
    """Escape what LaTeX would read as a command, and keep the text on one line."""
    return " ".join(text.split()).translate(SPECIAL)


def _render(table: Table) -> str:
    header = _line([*map(escape, table.keys), *map(_header, table.columns)])
    ours, theirs = (_rows(table, published) for published in (False, True))
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering\small",
            rf"\caption{{{escape(table.title)}}}",
            FIT,
            rf"\begin{{tabular}}{{{'l' * len(table.keys)}{'r' * len(table.columns)}}}",
            *[r"\toprule", header, r"\midrule", *ours, *([r"\midrule"] if theirs else []), *theirs, r"\bottomrule"],
            r"\end{tabular}}",
            rf"\par\smallskip\raggedright\footnotesize {escape(' '.join(table.notes))}",
            r"\end{table}",
        ]
    )


def _rows(table: Table, published: bool) -> list[str]:
    lines = []
    for row, keys, texts, group in zip(
        table.rows, shown_keys(table), table_texts(table), new_groups(table), strict=True
    ):
        if row.published == published:
            lines += [_group(group, len(keys) + len(texts))] if group else []
            lines.append(_row(row, keys, texts))
    return lines


def _group(name: str, width: int) -> str:
    return _line([rf"\textit{{{escape(name)}}}", *("" for _ in range(width - 1))])


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _header(column: Column) -> str:
    return escape(column.name) + ARROWS[column.direction]


def _row(row: Row, keys: tuple[str, ...], texts: list[Text]) -> str:
    names = [rf"\textit{{{escape(key)}}}" if row.published and key else escape(key) for key in keys]
    return _line(names + [_cell(text, cell, row.published) for text, cell in zip(texts, row.cells, strict=True)])


def _cell(text: Text, cell: Value, published: bool) -> str:
    interval = rf"{{\scriptsize ${text.interval}$}}" if text.interval else ""
    mark = rf"{{\scriptsize {text.mark}}}" if text.mark else ""
    return " ".join(part for part in (_value(text, cell, published), interval, mark) if part)


def _value(text: Text, cell: Value, published: bool) -> str:
    if text.value == UNKNOWN:
        return "---"
    # Math mode gives a true minus sign; it takes \mathbf where text takes \textbf.
    command = r"\mathbf" if cell.best else r"\mathit" if published else ""
    number = text.value.replace(INFINITE, r"\infty")
    shown = f"{command}{{{number}}}" if command else number
    return f"${shown}^{{\\dagger}}$" if cell.differs else f"${shown}$"
