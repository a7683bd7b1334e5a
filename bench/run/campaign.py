"""All cells of a suite: who may run them, what is left of them, and what is made of them when they have ended."""

from collections.abc import Iterator, Set
from contextlib import closing
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track

from bench.errors import InputError, Interrupted
from bench.run.executors import Executor
from bench.run.executors.local import Local, paces_here
from bench.run.interrupts import interruptible
from bench.run.progress import make_watcher, outcome_line
from bench.run.provenance import provenance
from bench.run.tracking import Mirror, Mode
from bench.store.folder import RunStore
from bench.store.growth import Growth
from bench.store.lock import owned
from bench.store.pace import pace
from bench.store.planned import PlannedCell
from bench.store.sets import measure_sets, sets_are_current
from bench.store.tables import REDO, consolidate
from bench.suite.cell import Cell
from bench.suite.needs import note_missing_metrics, require_weights
from bench.suite.suite import Suite


def run_suite(
    suite: Suite,
    path: Path,
    devices: list[torch.device],
    wandb: Mode,
    console: Console,
    redo: str | None = None,
) -> int:
    """Run what is left of `suite` in the folder `path`; returns the number of failed cells.

    Args:
        suite: what is asked for.
        path: the run folder.
        devices: where cells run.
        wandb: whether and how cells are mirrored.
        console: what is printed.
        redo: of `REDO`, which complete cells run once more; their results stand until the new ones are whole.

    Raises:
        InputError: the suite is invalid, weights are missing, or the folder belongs to another process or is not fit
            for the suite or the devices; nothing has been written over.
    """
    cells = suite.cells()
    require_weights(cells)
    note_missing_metrics(cells, suite.set_metrics)
    with interruptible(), owned(path):
        store = RunStore(path)
        store.mend()
        mirror = Mirror(wandb, store)
        again = REDO[redo](store) if redo else set()
        left = _plan(store.growth(suite), store, cells, devices, console, again)
        try:
            failed = _run(left, store, devices, mirror, console)
        except Interrupted:
            consolidate(store)
            raise
        store.mend()
        consolidate(store)
        _measure_sets(store, devices[0], console)
        _mirror(mirror, cells, console)
    return failed


def _plan(
    growth: Growth,
    store: RunStore,
    cells: list[Cell],
    devices: list[torch.device],
    console: Console,
    again: Set[str],
) -> list[Cell]:
    """Write down what is to be run, and say what that changes; the cells that are left, and those to run `again`."""
    done = {one.cell for one in [*growth.held.plan, *growth.asked_plan] if store.cell(one.cell).done}
    left = _left(growth, cells, done - again)
    # What ran again last comes last: a command that is interrupted time and again reaches each of them.
    left.sort(key=lambda cell: store.cell(cell.id).ended_at if cell.id in done else 0)
    notes = [*growth.notes(done), *(_pace_notes(growth, store, left, paces_here(devices)) if left else [])]
    if left or growth.changes_what_is_written:
        store.grow(growth, provenance(devices))
    if redone := sum(cell.id in done for cell in left):
        notes.append(f"{redone} contended cells run again; their results stand until the new ones are whole")
    notes += _damage_notes(store, left)
    if len(left) < len(cells):
        notes.append(f"{len(cells) - len(left)} of {len(cells)} cells are done already")
    for note in notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    return left


def _damage_notes(store: RunStore, left: list[Cell]) -> Iterator[str]:
    """What is damaged of cells that had ended."""
    flaws = [flaw for flaw in (store.cell(cell.id).flaw for cell in left) if flaw]
    if flaws:
        yield f"{len(flaws)} cells are damaged and run again, such as {flaws[0]}"


def _left(growth: Growth, cells: list[Cell], done: Set[str]) -> list[Cell]:
    """The cells that are asked for and not done, scored by all rewards of the run, whichever were asked for now."""
    left = {cell.id: cell for cell in cells if cell.id not in done}
    if left and growth.held.suite:
        left |= {cell.id: cell for cell in growth.suite.planned() if cell.id in left}
    return list(left.values())


def _pace_notes(growth: Growth, store: RunStore, left: list[Cell], here: set[str]) -> Iterator[str]:
    """Refuse seconds that would mean two things in one run; counts mean the same everywhere.

    Raises:
        InputError: names the paces.
    """
    # A result that is there stands until the new one is whole, which may be never.
    unfinished = {cell.id for cell in left if not store.cell(cell.id).done}
    kept = [one for one in growth.plan if one.cell not in unfinished]
    timed = here | _paces(store, [one for one in kept if one.budget_unit == "seconds"])
    if len(timed) > 1 and any(cell.budget.unit == "seconds" for cell in left):
        raise InputError(
            f"seconds of different devices are not compared, and {store.path} would have those of {_listed(timed)}; "
            "go on with what the run began on, or name another folder with --out"
        )
    others = _paces(store, kept) - here
    if others:
        yield f"cells ran on {_listed(others)} before and go on with {_listed(here)}: their seconds are not comparable"


def _paces(store: RunStore, planned: list[PlannedCell]) -> set[str]:
    """The paces at which those of the planned cells ran that have ended: also a failed one may have results."""
    return {pace(ran) for ran in (store.cell(one.cell).ran() for one in planned) if "device" in ran}


def _listed(paces: set[str]) -> str:
    return " and ".join(sorted(paces))


def _run(left: list[Cell], store: RunStore, devices: list[torch.device], mirror: Mirror, console: Console) -> int:
    """Run cells; the number of those that failed."""
    failed = 0
    with make_watcher(console, left) as watcher:
        executor: Executor = Local(devices, watcher)
        with closing(executor(left, store.path)) as ended:
            for cell, error in ended:
                failed += bool(error)
                watcher.end(cell, outcome_line(cell, error, store.cell(cell.id)))
                if len(devices) == 1:  # with several, others are running
                    mirror.copy(cell)
    return failed


def _mirror(mirror: Mirror, cells: list[Cell], console: Console) -> None:
    """Copy what was not copied between cells."""
    left = mirror.left(cells)
    for cell in track(left, "wandb", console=console, transient=True, disable=not (left and console.is_terminal)):
        mirror.copy(cell)


def _measure_sets(store: RunStore, device: torch.device, console: Console) -> None:
    """Measure sets of samples, unless that was done with the scores as they are and is what is asked for."""
    if store.suite().set_metrics and not sets_are_current(store):
        console.print("measuring the sets of samples", highlight=False)
        measure_sets(store, device)
