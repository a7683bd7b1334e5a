"""How far apart two runs have come out, in a sentence or two of numbers that their table has."""

from collections.abc import Iterator, Mapping

import pandas as pd

from bench.analysis.scores import largest_budget
from bench.output.tables.sentences import task_names
from bench.output.tables.table import Value
from bench.output.tables.text import cell_text, decimals_for, difference_text
from bench.store.columns import TASK
from bench.suite.budget import budget_text

MOST = 3
"""Methods that a sentence names."""


def apart_sentences(found: pd.DataFrame, runs: tuple[str, str]) -> list[str]:
    """Say with which methods the second run is ahead of the first at the largest budgets, and with which behind.

    Args:
        found: of `bench.analysis.runs.between_runs`, second minus first.
        runs: the names of both.
    """
    first, second = runs
    final, names = largest_budget(found).dropna(subset="difference"), task_names(found)
    if final.empty:
        return [f"No method has a score in every cell that {first} and {second} share."]
    if (final["difference"] == 0).all():
        return [f"{second} came out as {first} did: all differences at the largest budgets are 0."]
    surest = final.sort_values(["p_holm", "p"], kind="stable")
    sides = {"better": f"{second} is ahead of {first}", "worse": f"{second} is behind {first}"}
    resolved = [_side(said, rows, names) for side, said in sides.items() if len(rows := _with(surest, side))]
    return [*resolved, *_open(surest, names, f"{second} minus {first}")]


def _with(rows: pd.DataFrame, verdict: str) -> pd.DataFrame:
    return rows[rows["verdict"] == verdict]


def _side(said: str, rows: pd.DataFrame, names: Mapping[tuple[object, ...], str]) -> str:
    """As in `b is ahead of a with dno by 0.120 [0.030, 0.210] (darkness on emoji, 9 s).`; the surest first."""
    shown = [f"{row['method']} by {_size(row)} ({_where(row, names)})" for _, row in rows.head(MOST).iterrows()]
    more = [f"{len(rows) - MOST} more"] if len(rows) > MOST else []
    return f"{said} with {', '.join([*shown, *more])}."


def _open(surest: pd.DataFrame, names: Mapping[tuple[object, ...], str], minus: str) -> Iterator[str]:
    """What is not resolved; where nothing is, which difference comes closest to it."""
    left, first = _with(surest, "open"), surest.iloc[0]
    if 0 < len(left) < len(surest):
        yield f"Not resolved at the largest budgets: {len(left)} of {len(surest)} differences."
    elif len(left):
        size = difference_text(first["difference"], first["low"], first["high"])
        why = "one prompt is no test" if surest["n_prompts"].max() == 1 else "the surest"
        yield (
            f"No difference at the largest budgets is resolved; {why}: {first['method']}, {minus}, {size} "
            f"({_where(first, names)})."
        )


def _size(row: pd.Series) -> str:
    """By how much, whichever is ahead."""
    ends = sorted((abs(row["low"]), abs(row["high"])))  # of one sign, since it is resolved
    cell = Value(abs(row["difference"]), *ends)
    text = cell_text(cell, decimals_for([cell]))
    return f"{text.value} {text.interval}"


def _where(row: pd.Series, names: Mapping[tuple[object, ...], str]) -> str:
    return f"{names[tuple(row[TASK])]}, {budget_text(row['budget'], row['budget_unit'])}"
