"""This machine: one process a device, because runs that share a device cannot be compared."""

import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import torch

from bench.run.loaded import Loaded
from bench.run.progress import Watcher
from bench.run.runner import run_cell
from bench.store.folder import RunStore
from bench.suite.cell import Cell

_loaded: Loaded | None = None


def run_local(
    cells: Sequence[Cell], path: Path, devices: Sequence[torch.device], watcher: Watcher
) -> Iterator[tuple[Cell, str]]:
    """Run the cells and say how each ended: its error in one line, or "" if it is done."""
    if len(devices) == 1:
        loaded = Loaded(devices[0])
        for cell in cells:
            yield cell, attempt(cell, loaded, RunStore(path), watcher)
        return
    context = get_context("spawn")
    free: SimpleQueue[str] = context.SimpleQueue()
    for device in devices:
        free.put(str(device))
    with ProcessPoolExecutor(len(devices), context, initializer=_take_device, initargs=(free,)) as pool:
        futures = {pool.submit(_attempt_in_pool, cell, path): cell for cell in cells}
        for future in as_completed(futures):
            yield futures[future], _outcome(future)


def _outcome(future: "Future[str]") -> str:
    """How a cell ended; a process that died takes those that wait for it along, to be run by the same command again."""
    try:
        return future.result()
    except BrokenProcessPool:
        return "its process died, for want of memory perhaps; the same command runs what is left"


def attempt(cell: Cell, loaded: Loaded, store: RunStore, watcher: Watcher) -> str:
    """Run one cell; what it raises is kept in its folder and must not stop the others."""
    watcher.begin(cell)
    cell_store = store.cell(cell.id)
    try:
        run_cell(cell, loaded, cell_store, watcher.event)
    except Exception as error:
        message = " ".join(f"{type(error).__name__}: {error}".split())
        cell_store.fail(message, traceback.format_exc())
        return message
    return ""


def _take_device(free: "SimpleQueue[str]") -> None:
    global _loaded
    torch.set_num_threads(1)
    _loaded = Loaded(torch.device(free.get()))


def _attempt_in_pool(cell: Cell, path: Path) -> str:
    if _loaded is None:
        raise RuntimeError("the process has no device")
    return attempt(cell, _loaded, RunStore(path), Watcher())
