"""Published numbers in words: for `dno-bench list published` and `dno-bench show published`."""

from collections.abc import Iterable
from math import isnan

from rich.table import Table
from rich.text import Text

from bench.analysis.published.entries import Published
from bench.analysis.published.schema import Curve, NumberTable, Source, Tolerance

_NONE = "—"


def overview(entries: Iterable[Published]) -> Table:
    """A line an entry: its id, what it is, its source, how it was checked, and the suite that runs it."""
    table = Table("id", "what it is", "source", "checked", "suite", box=None, padding=(0, 1, 0, 0))
    table.columns[0].no_wrap = True
    table.columns[2].overflow = "fold"
    for one in entries:
        entry = one.entry
        cells = (entry.id, entry.title, f"{one.source.title}: {entry.where}", entry.checked, entry.suite or _NONE)
        table.add_row(*map(Text, cells))
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
    lines += [f"truth: {entry.truth_why}"] if entry.truth_why else []
    lines += [f"suite: {entry.suite}" if entry.suite else f"no suite; missing: {entry.missing}"]
    for title in ("differences", "caveats"):
        notes = getattr(entry, title)
        lines += ["", f"{title}:", *(f"  - {note}" for note in notes)] if notes else []
    return "\n".join(lines)


def _source_lines(source: Source) -> list[str]:
    facts = [f"  source: {source.title}", f"  paper: {source.paper}"]
    code = f"{source.repository} {source.commit}".strip()
    return [*facts, f"  code: {code}"] if code else facts


def _curve_lines(curve: Curve) -> list[str]:
    lines = [f"{curve.quantity} ({curve.unit}) by {curve.axis}:"]
    for step, value, truth, error in curve.points():
        lines.append(f"  {step}: {_NONE if isnan(value) else format(value, 'g')}")
        beside = (("standard error", error), ("truth", truth))
        lines[-1] += "".join(f", {what} {number:g}" for what, number in beside if not isnan(number))
    bounds = [("of values", curve.tolerance), ("of the rise since the first", curve.gain_tolerance)]
    for what, bound in bounds:
        if bound:
            lines.append(f"  tolerance {what}: {_bound(bound)}")
    return lines


def _bound(bound: Tolerance) -> str:
    parts = [f"{bound.absolute:g}"] if bound.absolute else []
    parts += [f"{bound.relative:.0%} of it"] if bound.relative else []
    return (" or ".join(parts) or "0") + (", whichever is more" if len(parts) > 1 else "")


def _table_lines(table: NumberTable) -> list[str]:
    lines = ["columns:"]
    lines += [f"  {name}: {column.unit}, tolerance {column.tolerance:g}" for name, column in table.columns.items()]
    lines.append("rows:")
    for label, values in table.rows.items():
        spread: list[float | None] = table.spread.get(label, [None] * len(values))
        cells = [
            f"{head} {_NONE if value is None else format(value, 'g')}" + ("" if error is None else f" ± {error:g}")
            for head, value, error in zip(table.columns, values, spread, strict=True)
        ]
        lines.append(f"  {label}: {', '.join(cells)}")
    return [*lines, f"  spread: {table.spread_is}"] if table.spread else lines


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
