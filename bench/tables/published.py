"""Published numbers for the terminal: what there is, one entry in full, and ours beside it."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.published import Curve, NumberTable, Published, Source
from bench.tables.text import UNKNOWN

_STYLES = {"match": "green", "differs": "bold red", "missing": "yellow"}


def overview(entries: Iterable[Published]) -> RichTable:
    """A line an entry: its id, what it is, its source, how it was checked, and the suite that runs it."""
    table = RichTable("id", "what it is", "source", "checked", "suite", box=None, padding=(0, 1, 0, 0))
    table.columns[0].no_wrap = True
    for one in entries:
        entry = one.entry
        cells = (entry.id, entry.title, f"{one.source.title}: {entry.where}", entry.checked, entry.suite or UNKNOWN)
        table.add_row(*map(RichText, cells))
    return table


def describe(published: Published) -> str:
    """All that is known of an entry, as text."""
    entry = published.entry
    lines = [f"{entry.id}: {entry.title}", "", *_source_lines(published.source), f"  where: {entry.where}"]
    lines += [f"  checked: {entry.checked}" + (f", read in {entry.read_in}" if entry.read_in else "")]
    lines += [f"  n: {entry.n}", f"  file: {published.path}", "", "setting:"]
    lines += [f"  {key}: {_joined(value)}" for key, value in entry.setting.items()]
    for curve in entry.curves:
        lines += ["", *_curve_lines(curve)]
    if entry.table:
        lines += ["", *_table_lines(entry.table)]
    lines += ["", f"tolerance: {entry.tolerance_why}"]
    lines += [f"suite: {entry.suite}" if entry.suite else f"no suite; missing: {entry.missing}"]
    for title in ("differences", "caveats"):
        notes = getattr(entry, title)
        lines += ["", f"{title}:", *(f"  - {note}" for note in notes)] if notes else []
    return "\n".join(lines)


def comparison_table(published: Published, comparison: pd.DataFrame) -> Group:
    """Ours beside published, with a verdict a value and a method; what differs in the setting stands below.

    Args:
        published: the entry.
        comparison: of `bench.analysis.published.compare`.
    """
    title = RichText(f"{published.entry.title} ({published.source.title}: {published.entry.where})", style="bold")
    table = RichTable(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    for name in ("method", "quantity"):
        table.add_column(name)
    for name in ("step", "published", "ours", "difference", "allowed"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for _, row in comparison.iterrows():
        quantity = row["quantity"] if pd.isna(row["since"]) else f"{row['quantity']}, since step {row['since']:g}"
        numbers = [_number(row[name]) for name in ("published", "ours", "difference", "allowed")]
        verdict = RichText(row["verdict"], style=_STYLES[row["verdict"]])
        table.add_row(RichText(row["method"]), RichText(quantity), str(row["step"]), *numbers, verdict)
    return Group(table, *(RichText(f"  {line}") for line in _notes(published, comparison)), RichText())


def _notes(published: Published, comparison: pd.DataFrame) -> Iterator[str]:
    verdicts = comparison.groupby(["method", "quantity"], sort=False)["verdict"]
    for (method, quantity), rows in verdicts:
        matching = int((rows == "match").sum())
        whole = "match" if matching == len(rows) else "differs" if (rows == "differs").any() else "missing"
        yield f"{method}, {quantity}: {whole} ({matching} of {len(rows)} values match)"
    if (comparison["verdict"] == "missing").any():
        yield "Missing: a cell failed, or ended before that step; `dno-bench status` on the run folder says which."
    yield f"Allowed: the tolerance, or 1.96 standard errors where that is more. {published.entry.tolerance_why}"
    if (comparison["verdict"] != "match").any():
        yield from (f"Different setting: {note}" for note in published.entry.differences)


def _source_lines(source: Source) -> list[str]:
    facts = [f"  source: {source.title}", f"  paper: {source.paper}"]
    code = f"{source.repository} {source.commit}".strip()
    return [*facts, f"  code: {code}"] if code else facts


def _curve_lines(curve: Curve) -> list[str]:
    lines = [f"{curve.quantity} ({curve.unit}) by {curve.axis}:"]
    errors = curve.standard_errors or [None] * len(curve.steps)
    for step, value, error in zip(curve.steps, curve.values, errors, strict=True):
        lines.append(f"  {step}: {value:g}" + ("" if error is None else f" (standard error {error:g})"))
    bounds = [("of values", curve.tolerance), ("of the rise since the first", curve.gain_tolerance)]
    for what, bound in bounds:
        if bound:
            lines.append(f"  tolerance {what}: {bound.absolute:g}, or {bound.relative:.0%} of the value if more")
    return lines


def _table_lines(table: NumberTable) -> list[str]:
    heads = [f"{name} ({column.unit}, ±{column.tolerance:g})" for name, column in table.columns.items()]
    lines = ["values, by row:"]
    for label, values in table.rows.items():
        spread = table.spread.get(label, [None] * len(values))
        cells = [
            f"{head} {UNKNOWN if value is None else format(value, 'g')}" + ("" if error is None else f" ± {error:g}")
            for head, value, error in zip(table.columns, values, spread, strict=True)
        ]
        lines.append(f"  {label}: {', '.join(cells)}")
    lines.append(f"  columns: {'; '.join(heads)}")
    return [*lines, f"  spread: {table.spread_is}"] if table.spread else lines


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(value: float) -> str:
    return UNKNOWN if pd.isna(value) else f"{value:.4f}"
