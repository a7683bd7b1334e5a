"""Seconds of two devices do not meet in one run; counts mean the same everywhere."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from bench.errors import InputError
from bench.run.survey import Ended, survey
from bench.store.folder import RunStore
from bench.store.planned import PlannedCell
from bench.suite.cell import Cell

AGREED = "pace"
"""The file that says on what the cells of a run's jobs run whose budgets are seconds."""


def pace_notes(
    path: Path, plan: Sequence[PlannedCell], left: Sequence[Cell], here: Set[str], ended: Mapping[str, Ended]
) -> Iterator[str]:
    """Refuse seconds that would mean two things in one run, and say where counted budgets go on elsewhere.

    Args:
        path: the run folder.
        plan: its cells.
        left: those that are to be run.
        here: the paces at which they will run.
        ended: those of the plan that have ended.

    Raises:
        InputError: names the paces.
    """
    kept = _kept(plan, left, ended)
    timed = here | _paces(ended, [one for one in kept if one.budget_unit == "seconds"])
    if len(timed) > 1 and any(cell.budget.unit == "seconds" for cell in left):
        raise InputError(
            f"seconds of different devices are not compared, and {path} would have those of {_listed(timed)}; "
            "go on with what the run began on, or name another folder with --out"
        )
    others = _paces(ended, kept) - here
    if others and here:
        yield f"cells ran on {_listed(others)} before and go on with {_listed(here)}: their seconds are not comparable"


def timed_pace(store: RunStore, left: Sequence[Cell]) -> str:
    """The pace of the cells with budgets in seconds that are not among `left` and have ended; "" if there is none."""
    timed = [one for one in store.planned() if one.budget_unit == "seconds"]
    ended = survey(store, (one.cell for one in timed))
    return min(_paces(ended, _kept(timed, left, ended)), default="")


def agree(folder: Path, here: str) -> None:
    """Make sure that processes which begin at the same time on several machines run at one pace.

    Args:
        folder: of the jobs; the first process writes its pace there.
        here: that of this process.

    Raises:
        InputError: the others run at another.
    """
    try:
        with (folder / AGREED).open("x", encoding="utf-8") as file:
            file.write(here)
    except FileExistsError:
        others = _read(folder / AGREED)
        if others != here:
            raise InputError(
                f"this machine is {here}, and the run is on {others}: seconds of different devices are not compared; "
                "ask Slurm for one kind, as with --slurm constraint=..."
            ) from None


def _read(file: Path) -> str:
    for _ in range(50):  # the first process may be about to write it
        if text := file.read_text(encoding="utf-8"):
            break
        time.sleep(0.1)
    return text


def _kept(plan: Sequence[PlannedCell], left: Iterable[Cell], ended: Mapping[str, Ended]) -> list[PlannedCell]:
    """The cells of the plan whose results stay: one that is there does until a new one is whole, which may be never."""
    unfinished = {cell.id for cell in left if cell.id not in ended or not ended[cell.id].done}
    return [one for one in plan if one.cell not in unfinished]


def _paces(ended: Mapping[str, Ended], planned: Iterable[PlannedCell]) -> set[str]:
    """The paces at which those of the planned cells ran that have ended: also a failed one may have results."""
    return {ended[one.cell].pace for one in planned if one.cell in ended} - {""}


def _listed(paces: Set[str]) -> str:
    return " and ".join(sorted(paces))
