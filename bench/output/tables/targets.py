"""The targets layout: how often, and how soon, a method reaches rewards that were fixed before the comparison."""

import numpy as np
import pandas as pd

from bench.analysis.scores import largest_budget, summarise
from bench.analysis.targets import expected_running_time, performance_scores, success_rates, times_to_target
from bench.errors import InputError
from bench.output.tables.backing import Backing, find_backing
from bench.output.tables.sentences import INTERVAL, task_names
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.store.columns import TASK
from bench.suite.budget import UNITS

SHOWN = 5
READING = (
    Note(
        "Reached: share of cells whose best reward so far was at least the target within the budget, mean over prompts "
        f"of the means over seeds [{INTERVAL}; none where all prompts have the same share].",
        "Reached: share of cells that reached the target within the budget [95 % interval over prompts].",
    ),
    Note(
        "Expected running time (ERT): all that the cells spent, divided by how many reached the target; "
        "infinite (∞) where none did. A cell that failed missed all targets and spent its budget.",
        "Expected running time: all that was spent over the number of cells that reached the target.",
    ),
)
PROFILE = Note(
    "Profile: mean over prompts and all targets of max(0, (4 - r) / 3), where r is the time over the fastest method's "
    "(Dolan-Moré, AlgoPerf's score); 1 is always the fastest. It depends on which methods are in the table.",
    "Profile: over all targets; 1 is always the fastest.",
)


def target_tables(curves: pd.DataFrame, scores: pd.DataFrame, ladder: pd.DataFrame) -> list[Table]:
    """Make two tables a task with targets, of shares and of times.

    Args:
        curves: events of the store.
        scores: of the same run.
        ladder: targets, as `bench.analysis.targets.declared_ladder` lays them out; five of each are shown.

    Raises:
        InputError: no task of the run has a target.
    """
    summary, names = largest_budget(summarise(scores)), task_names(scores)
    backing = find_backing(summary, scores)
    behind = {(*keys[: len(TASK)], keys[-1]): found for keys, found in backing.items()}
    tables = []
    for task, own in scores.groupby(TASK):
        rungs, unit = ladder[(ladder[TASK] == list(task)).all(axis=1)], str(own["budget_unit"].iloc[0])
        if len(rungs):
            tables += _task_tables(names[task], times_to_target(curves, own, rungs, unit), unit, behind)
    if not tables:
        raise InputError(
            "no targets are declared for this run; list them in the suite, as in `targets: {darkness: [0.5]}`"
        )
    tables[-1].notes.extend([*READING, PROFILE])
    return tables


def _task_tables(task: str, times: pd.DataFrame, unit: str, behind: dict[tuple[object, ...], Backing]) -> list[Table]:
    """Make the tables of one task."""
    shares, running = success_rates(times), expected_running_time(times)
    profile = performance_scores(times).set_index("method")["score"]
    rungs = _spread_out(sorted(times["rung"].unique()))
    title = f"{task}: targets"
    reached = _rows(shares, rungs, ["share", "low", "high"], behind)
    lasted = [
        Row(row.keys, [*row.cells, Value(profile[row.keys[0]], n=row.cells[0].n)])
        for row in _rows(running, rungs, ["ert"], behind)
    ]
    time_columns = [*_columns(running, rungs, -1), Column("profile", 1)]
    return [
        Table(f"{title}, share reached", _columns(shares, rungs, 1), reached, notes=[]),
        Table(f"{title}, expected running time ({UNITS[unit]})", time_columns, lasted, notes=[]),
    ]


def _spread_out(rungs: list[int]) -> list[int]:
    """Choose at most five of the rungs, the first and the last among them."""
    places = np.linspace(0, len(rungs) - 1, min(SHOWN, len(rungs))).round().astype(int)
    return [rungs[place] for place in places]


def _columns(ladder: pd.DataFrame, rungs: list[int], direction: int) -> list[Column]:
    targets = dict(zip(ladder["rung"], ladder["target"], strict=True))
    return [Column(f"{targets[rung]:.4g}", direction) for rung in rungs]


def _rows(
    frame: pd.DataFrame, rungs: list[int], names: list[str], behind: dict[tuple[object, ...], Backing]
) -> list[Row]:
    rows = []
    for keys, mine in frame.groupby([*TASK, "method"]):
        numbers = mine.set_index("rung")[names]
        cells = [Value(*numbers.loc[rung], **behind[keys]._asdict()) for rung in rungs]
        rows.append(Row((str(keys[-1]),), cells))
    return rows
