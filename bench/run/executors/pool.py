"""Processes of this machine, each with a device, given one cell at a time: one that dies takes one cell with it."""

import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread

import torch

from bench.errors import InputError
from bench.run.executors.claimed import Mine, Outcomes
from bench.run.executors.work import groups, work
from bench.run.provenance import ran_with
from bench.store.folder import RunStore
from bench.suite.cell import Cell

THREADS = 1
"""Of each process: they share the processor."""

_CONTEXT = get_context("spawn")
_PATIENCE = 2.0  # seconds that a process has to end by itself


def run_in_processes(path: Path, cells: Sequence[Cell], devices: Sequence[torch.device]) -> Generator[tuple[Cell, str]]:
    """Run cells on several devices, each taking the next when it has ended one; says how each cell ended."""
    waiting, mine = Waiting(cells), Mine(path, Outcomes(path, cells))
    workers = [Worker(path, device, mine) for device in devices]
    try:
        for worker in workers:
            worker.take(waiting)
        while busy := [worker for worker in workers if worker.cell is not None]:
            ready = wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                ended = worker.ended()
                worker.take(waiting)
                yield ended
    finally:
        for worker in workers:
            worker.stop()


class Waiting:
    """Cells that wait, model by model, so that a process loads another model as seldom as it can."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._groups = groups(cells)

    def next(self, last: list[Cell]) -> tuple[Cell | None, list[Cell]]:
        """A cell of the group `last`, else of the one with most left; None at the end. And the group that it is of."""
        group = last or max(self._groups, key=len, default=[])
        return (group.pop(0) if group else None), group


class Worker:
    """One device and the process that has it, which is replaced if it dies.

    Attributes:
        cell: what it runs now.
        connection: has something to read when that has ended.
    """

    def __init__(self, path: Path, device: torch.device, mine: Mine) -> None:
        self.cell: Cell | None = None
        self._path, self._device = path, device
        self._mine, self._held = mine, ExitStack()
        self._before = 0  # when the cell had ended before
        self._group: list[Cell] = []
        self._start()

    def _start(self) -> None:
        self.connection, other_end = _CONTEXT.Pipe()
        arguments = (other_end, self._path, str(self._device))
        self._process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        # An interrupt from the keyboard reaches all processes; this one decides what becomes of the others.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        other_end.close()

    def take(self, waiting: Waiting) -> None:
        """Begin the next cell that nobody else is at work on, if there is one."""
        while True:
            self._held.close()
            self.cell, self._group = waiting.next(self._group)
            if self.cell is None:
                return
            if self._held.enter_context(self._mine.hold(self.cell)):
                break
        self._before = RunStore(self._path).cell(self.cell.id).ended_at
        if not self._process.is_alive():
            self._start()
        with suppress(OSError):  # it died this moment, which `ended` will find out
            self.connection.send(self.cell)

    def ended(self) -> tuple[Cell, str]:
        """The cell that has ended, and how."""
        if self.cell is None:
            raise RuntimeError("nothing runs")
        try:
            ended: str | InputError = self.connection.recv()
        except (EOFError, OSError):
            ended = self._bury(self.cell)
        if isinstance(ended, InputError):
            raise ended
        return self.cell, ended

    def _bury(self, cell: Cell) -> str:
        """Write down that the process died: it could not do so itself."""
        self._end()
        run = RunStore(self._path)
        if run.cell(cell.id).done and run.cell(cell.id).ended_at != self._before:
            return ""
        error = f"its process died with exit status {self._process.exitcode}, for want of memory perhaps"
        run.attempt(cell.id).fail(error, "", {**ran_with(cell, self._device, {}), "threads": THREADS})
        return error

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._end()
        self._held.close()

    def _end(self) -> None:
        self.connection.close()
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._process.kill()
        self._process.join()


def _serve(connection: Connection, path: Path, device: str) -> None:
    """The life of a process: cells come in, and how they ended goes out."""
    Thread(target=_end_with_parent, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGHUP):  # a fork has the handlers of its parent
        signal.signal(number, signal.SIG_DFL)
    torch.set_num_threads(THREADS)
    try:
        for _, error in work(path, _received(connection), torch.device(device)):
            connection.send(error)
    except InputError as error:  # nothing can be written: that ends the run, not the cell
        connection.send(error)


def _received(connection: Connection) -> Iterator[Cell]:
    with suppress(EOFError):
        while True:
            yield connection.recv()


def _end_with_parent() -> None:
    """A process whose parent was killed must not write in a folder that another command may own by then."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
