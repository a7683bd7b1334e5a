"""Tables as LaTeX with booktabs, ready to be input into a paper."""

from bench.tables.table import Column, Table
from bench.tables.text import UNKNOWN, Text, table_texts

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
        **{character: f"\\{character}" for character in "&%$#_{}"},
    }
)


def render(tables: list[Table]) -> str:
    r"""Write a `table` environment for each table; the document needs `\usepackage{booktabs}`."""
    return "\n\n".join(["% needs \\usepackage{booktabs}", *(_render(table) for table in tables)]) + "\n"


def escape(text: str) -> str:
    """Escape what LaTeX would read as a command, and keep the text on one line."""
    return " ".join(text.split()).translate(SPECIAL)


def _render(table: Table) -> str:
    texts = table_texts(table)
    header = _row(["method", *(_header(column) for column in table.columns)])
    rows = [
        _row([escape(name), *(_cell(text, cell.best) for text, cell in zip(texts[name], cells, strict=True))])
        for name, cells in table.rows.items()
    ]
    body = [r"\toprule", header, r"\midrule", *rows, r"\bottomrule"]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering\small",
            rf"\caption{{{escape(table.title)}}}",
            rf"\begin{{tabular}}{{l{'r' * len(table.columns)}}}",
            *body,
            r"\end{tabular}",
            rf"\par\smallskip\raggedright\footnotesize {escape(' '.join(table.notes))}",
            r"\end{table}",
        ]
    )


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _header(column: Column) -> str:
    return escape(column.name) + ARROWS[column.direction]


def _cell(text: Text, best: bool) -> str:
    # Math mode gives a true minus sign; it takes \mathbf where text takes \textbf.
    value = "---" if text.value == UNKNOWN else rf"$\mathbf{{{text.value}}}$" if best else f"${text.value}$"
    interval = rf"{{\scriptsize ${text.interval}$}}" if text.interval else ""
    mark = rf"{{\scriptsize {text.mark}}}" if text.mark else ""
    return " ".join(part for part in (value, interval, mark) if part)
