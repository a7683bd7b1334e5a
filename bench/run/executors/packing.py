"""Cells packed into jobs: each loads one model, and is as long as its time allows."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.errors import InputError
from bench.run.executors.where import SlurmJobs
from bench.run.executors.work import groups
from bench.suite.cell import Cell

BESIDE = 1.25
"""Seconds of a job for one of a cell's budget: warm-up, metrics and images come on top."""


class Part(NamedTuple):
    """The jobs of one model, for people."""

    model: str
    jobs: int
    cells: int
    hours: float


def pack(cells: Sequence[Cell], jobs: SlurmJobs) -> list[list[Cell]]:
    """The cells of each job.

    Budgets in seconds fill jobs. How long counted ones take nobody knows before: as many jobs as may run at once share
    them, and a job whose time is over goes on in its next.

    Raises:
        InputError: a cell needs more time than a job has.
    """
    return [own for group in groups(cells) for own in _packed(group, jobs)]


def job_lines(cells: Sequence[Cell], jobs: SlurmJobs) -> list[str]:
    """What would be submitted, a line for each model.

    Raises:
        InputError: a cell needs more time than a job has.
    """
    packed = pack(cells, jobs)
    lines = [f"jobs     {len(packed)} of at most {jobs.seconds / 3600:.2g} h, at most {jobs.at_once} at once"]
    for group in groups(cells):
        own = sum(one[0].model == group[0].model and one[0].model_options == group[0].model_options for one in packed)
        hours = sum(_seconds(cell) for cell in group) / 3600
        said = f", {hours:.2g} h of them with what comes on top" if hours else ""
        lines.append(f"         {group[0].model}: {own} jobs, {len(group)} cells{said}")
    return lines


def _packed(group: Sequence[Cell], jobs: SlurmJobs) -> Iterator[list[Cell]]:
    timed = [cell for cell in group if cell.budget.unit == "seconds"]
    counted = [cell for cell in group if cell.budget.unit != "seconds"]
    yield from _filled(timed, jobs)
    share = -(-len(counted) // jobs.at_once)
    yield from (counted[start : start + share] for start in range(0, len(counted), share or 1))


def _filled(cells: Sequence[Cell], jobs: SlurmJobs) -> list[list[Cell]]:
    filled: list[list[Cell]] = []
    left = 0.0
    for cell in cells:
        needed = _seconds(cell)
        if needed > jobs.usable:
            raise InputError(
                f"a cell of {cell.budget} takes {needed:.0f} s with what comes on top, and of --job-time "
                f"{jobs.seconds:g}s {jobs.usable:.0f} s are for cells; give a longer one"
            )
        if needed > left:
            filled.append([])
            left = jobs.usable
        filled[-1].append(cell)
        left -= needed
    return filled


def _seconds(cell: Cell) -> float:
    """What a cell takes of a job, 0 if nobody knows."""
    return BESIDE * cell.budget.amount if cell.budget.unit == "seconds" else 0.0
