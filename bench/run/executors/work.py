"""What every executor starts somewhere: cells run one after the other, each into its folder."""

import traceback
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from bench.errors import Interrupted, one_line
from bench.run.devices import default_device
from bench.run.loaded import Loaded
from bench.run.progress import Watcher
from bench.run.provenance import ran_with
from bench.run.pulse import Pulse
from bench.run.runner import run_cell
from bench.store.files import UnwritableError
from bench.store.folder import CellStore, RunStore
from bench.suite.cell import Cell


def work(
    path: Path,
    cells: Iterable[Cell],
    device: torch.device | None = None,
    watcher: Watcher | None = None,
    pulse: Pulse | None = None,
) -> Generator[tuple[Cell, str]]:
    """Run cells in this process and say how each ended: its error in one line, or "" if it is done.

    What a cell needs is loaded here and kept for the next, so cells of one model belong side by side.

    Args:
        path: the run folder; the cells' folders in it are written.
        cells: that nobody else is at work on; taken one at a time, when the one before has ended.
        device: the first GPU or the processor, if not given.
        watcher: is told what happens.
        pulse: gives signs of life, for a process that watches over this one.
    """
    # Absolute: a method may change the working directory.
    loaded, store = Loaded(device or default_device(), pulse), RunStore(path.absolute())
    for cell in cells:
        yield cell, _attempt(cell, loaded, store.attempt(cell.id), watcher or Watcher())


def groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells of each model, in their order: a model is loaded once for its group."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(repr((cell.model, cell.model_options)), []).append(cell)
    return list(found.values())


def _attempt(cell: Cell, loaded: Loaded, store: CellStore, watcher: Watcher) -> str:
    """Run one cell; whatever a plug-in raises is kept in its folder and must not stop the others.

    Raises:
        UnwritableError: the folder cannot be written, which is no fault of the cell.
        Interrupted: a signal came.
    """
    watcher.begin(cell)
    try:
        _require_the_planned_code(cell)
        run_cell(cell, loaded, store, watcher.event)
    except (UnwritableError, Interrupted):
        store.close()
        raise
    except BaseException as error:
        message = one_line(error)
        chosen = getattr(getattr(loaded, "model", None), "chosen", {})
        store.fail(message, traceback.format_exc(), ran_with(cell, loaded.device, chosen))
        return message
    return ""


def _require_the_planned_code(cell: Cell) -> None:
    """A process that starts later imports plug-in files later: an edited one would run under the name of the old."""
    if replace(cell).id != cell.id:
        raise RuntimeError("a plug-in's file changed while the run was going on; the same command runs what is left")
