"""All cells of a suite: who may run them, what is left of them, and what is made of them when they have ended."""

from collections.abc import Iterator, Set
from contextlib import closing, nullcontext
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track

from bench.errors import Interrupted
from bench.run.executors import Executor
from bench.run.executors.local import Local, paces_here
from bench.run.executors.packing import pack
from bench.run.executors.slurm import Slurm
from bench.run.executors.where import Where
from bench.run.interrupts import interruptible
from bench.run.paces import pace_notes
from bench.run.progress import make_watcher, outcome_of
from bench.run.provenance import provenance
from bench.run.survey import survey
from bench.run.tracking import Mirror, Mode
from bench.store.claims import CLAIMS, Claims
from bench.store.ended import looks
from bench.store.folder import RunStore
from bench.store.growth import Growth
from bench.store.lock import PATIENCE, owned
from bench.store.sets import measure_sets, sets_are_current
from bench.store.tables import REDO, consolidate
from bench.suite.cell import Cell
from bench.suite.needs import note_missing_metrics, require_weights
from bench.suite.suite import Suite

HERE = Where()


def run_suite(
    suite: Suite,
    path: Path,
    devices: list[torch.device],
    wandb: Mode | None,
    console: Console,
    redo: str | None = None,
    where: Where = HERE,
) -> int:
    """Run what is left of `suite` in the folder `path`; returns the number of failed cells.

    Args:
        suite: what is asked for.
        path: the run folder.
        devices: where cells run; with Slurm, where sets of images are measured.
        wandb: whether and how cells are mirrored; None as wandb is set up, online where it finds a key.
        console: what is printed.
        redo: of `REDO`, which complete cells run once more; their results stand until the new ones are whole.
        where: alone, beside other machines or in jobs of Slurm; those that are only submitted have not failed.

    Raises:
        InputError: the suite is invalid, weights or Slurm are missing, or the folder is another process's or not fit
            for the suite or the devices; nothing has been written over.
    """
    cells = suite.cells()
    where.require()
    if where.slurm:
        pack(cells, where.slurm)  # refuses what fits into no job
    require_weights(cells)
    note_missing_metrics(cells, suite.set_metrics)
    with interruptible(), owned(path, PATIENCE if where.shared else 0) as ownership:
        store, claims = RunStore(path), Claims(path / CLAIMS)
        store.mend(claims.is_busy)
        mirror = Mirror(wandb, store)
        again = REDO[redo](store) if redo else set()
        own = [] if where.slurm else devices  # a node's own devices stand in its cells
        growth = store.growth(suite)
        left = _plan(growth, store, claims, own, console, again)
        if not where.slurm:  # it watches its jobs at work, too
            left = _unclaimed(left, claims, console)
        try:
            with ownership.lent() if where.shared else nullcontext():
                failed = _run(left, store, devices, where, mirror, console)
        except Interrupted:
            consolidate(store)
            raise
        if where.slurm and where.slurm.detach:
            return failed
        store.mend(claims.is_busy)
        if all(looks(store.cell(one.cell).path) for one in store.planned()):
            claims.tidy()
        consolidate(store)
        _measure_sets(store, devices[0], console)
        _mirror(mirror, growth.cells, console)
    return failed


def _plan(
    growth: Growth,
    store: RunStore,
    claims: Claims,
    devices: list[torch.device],
    console: Console,
    again: Set[str],
) -> list[Cell]:
    """Write down what is to be run, and say what that changes; the cells that are left, and those to run `again`."""
    ended = survey(store, (one.cell for one in [*growth.held.plan, *growth.asked_plan]))
    done = {name for name, one in ended.items() if one.done}
    left = _left(growth, done - again)
    claims.forget_ended(cell.id for cell in left)
    left = [cell for cell in left if cell.id in done or not store.cell(cell.id).done]  # others may have gone on
    # What ran again last comes last: a command that is interrupted time and again reaches each of them.
    left.sort(key=lambda cell: ended[cell.id].at if cell.id in done else 0)
    here = paces_here(devices)
    notes = [*growth.notes(done), *(pace_notes(store.path, growth.plan, left, here, ended) if left else [])]
    if left or growth.changes_what_is_written:
        store.grow(growth, provenance(devices))
    if redone := sum(cell.id in done for cell in left):
        notes.append(f"{redone} contended cells run again; their results stand until the new ones are whole")
    notes += _damage_notes(store, left)
    if len(left) < len(growth.cells):
        notes.append(f"{len(growth.cells) - len(left)} of {len(growth.cells)} cells are done already")
    for note in notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    return left


def _damage_notes(store: RunStore, left: list[Cell]) -> Iterator[str]:
    """What is damaged of cells that had ended."""
    flaws = [flaw for flaw in (store.cell(cell.id).flaw for cell in left) if flaw]
    if flaws:
        yield f"{len(flaws)} cells are damaged and run again, such as {flaws[0]}"


def _unclaimed(left: list[Cell], claims: Claims, console: Console) -> list[Cell]:
    """The cells that nobody is at work on; says who is at work on others."""
    busy = claims.busy(cell.id for cell in left)
    if busy:
        others = ", ".join(sorted({str(owner or "another process") for owner in busy.values()}))
        note = f"{len(busy)} cells are left to those at work on them: {others}"
        console.print(note, markup=False, highlight=False, soft_wrap=True)
    return [cell for cell in left if cell.id not in busy]


def _left(growth: Growth, done: Set[str]) -> list[Cell]:
    """The cells that are asked for and not done, scored by all rewards of the run, whichever were asked for now."""
    left = {cell.id: cell for cell in growth.cells if cell.id not in done}
    if left and growth.suite != growth.asked:
        left |= {cell.id: cell for cell in growth.suite.planned() if cell.id in left}
    return list(left.values())


def _run(
    left: list[Cell], store: RunStore, devices: list[torch.device], where: Where, mirror: Mirror, console: Console
) -> int:
    """Run cells; the number of those that failed."""
    failed = 0
    with make_watcher(console, left) as watcher:
        executor: Executor = Slurm(where.slurm, console) if where.slurm else Local(devices, watcher, where.patience)
        with closing(executor(left, store.path)) as ended:
            for cell, error in ended:
                failed += bool(error)
                watcher.end(cell, outcome_of(cell, error, store.cell(cell.id)))
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
