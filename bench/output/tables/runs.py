"""Two runs side by side, for the terminal."""

from collections.abc import Iterable

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text as RichText

from bench.analysis.verdicts import ALPHA
from bench.output.apart import apart_sentences
from bench.output.tables.sentences import INTERVAL, task_names
from bench.output.tables.table import Value
from bench.output.tables.text import UNKNOWN, cell_text, decimals_for
from bench.store.columns import POINT, TASK
from bench.suite.budget import budget_text

_STYLES = {"better": "bold green", "worse": "bold red"}
_READING = (
    f"Mean over prompts of the paired differences [{INTERVAL}]; p after Holm over this table. "
    f"Better or worse: p <= {ALPHA:g} and the interval excludes 0; else open."
)


def run_comparison(found: pd.DataFrame, settings: Iterable[tuple[str, str, str]], names: tuple[str, str]) -> Group:
    """What came out, in sentences and as the paired differences of `between_runs`; then what differs between the runs.

    Args:
        found: of `bench.output.compare.compare_outcomes`.
        settings: of `bench.output.compare.setting_differences`.
        names: of both runs.
    """
    first, second = names
    return Group(
        *(RichText(sentence) for sentence in apart_sentences(found, names)),
        RichText(),
        _outcome_table(found, f"{second} minus {first}, on the cells of both"),
        RichText(f"  {_READING}"),
        RichText(),
        _settings_table(list(settings), first, second),
    )


def _settings_table(settings: list[tuple[str, str, str]], first: str, second: str) -> RichTable | RichText:
    if not settings:
        return RichText(f"{first} and {second} have the same options, budgets, code, versions, devices and weights.")
    table = _table(f"what differs between {first} and {second}, and may be why")
    for name in ("where", first, second):
        table.add_column(RichText(name), overflow="fold")
    for row in settings:
        table.add_row(*map(RichText, row))
    return table


def _outcome_table(found: pd.DataFrame, title: str) -> RichTable:
    table = _table(title)
    for name in ("task", "method", "at"):
        table.add_column(name)
    for name in ("difference", "p", "prompts x seeds"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    names = task_names(found)
    for _, row in found.sort_values([*POINT, "method"]).iterrows():
        cell = Value(row["difference"], row["low"], row["high"])
        text = cell_text(cell, decimals_for([cell])) if pd.notna(row["difference"]) else None
        table.add_row(
            RichText(names[tuple(row[TASK])]),
            RichText(row["method"]),
            budget_text(row["budget"], row["budget_unit"]),
            f"{text.value} {text.interval}".strip() if text else UNKNOWN,
            UNKNOWN if pd.isna(row["p_holm"]) else f"{row['p_holm']:.3g}",
            f"{row['n_prompts']} x {row['n_seeds']}",
            RichText(row["verdict"], style=_STYLES.get(row["verdict"], "")),
        )
    return table


def _table(title: str) -> RichTable:
    return RichTable(
        title=RichText(title, style="bold"), box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0)
    )
