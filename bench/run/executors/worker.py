"""A device's process at work: given a cell at a time, listened to, and buried with its cell when it dies or hangs."""

from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import torch

from bench.errors import InputError, note
from bench.run.executors.child import Ended, Message, Printed
from bench.run.executors.claimed import Mine
from bench.run.executors.death import oom_kills, why_died
from bench.run.executors.process import Process
from bench.run.executors.waiting import Waiting
from bench.run.progress import Watcher
from bench.run.provenance import ran_with
from bench.run.pulse import Listener, Pulse
from bench.store.folder import RunStore
from bench.suite.cell import Cell

NOTED = 3.0
"""Budgets of silence that are worth a word."""
Outcome = tuple[Cell, str]
"""A cell that has ended and its error in one line, "" if it is done."""


class Worker:
    """One device and its process, which is begun when there is a cell to run.

    Args:
        path: the run folder.
        device: where cells run.
        threads: of the process.
        mine: which cells may be begun.
        watcher: is told what happens within a cell.

    Attributes:
        cell: what it runs now.
    """

    def __init__(self, path: Path, device: torch.device, threads: int, mine: Mine, watcher: Watcher) -> None:
        self.cell: Cell | None = None
        self._run, self._device, self._threads, self._watcher = RunStore(path), device, threads, watcher
        self._mine, self._held = mine, ExitStack()
        self._group: list[Cell] = []
        self._process = Process(path, device, threads)
        self._before = 0  # when the cell had ended before
        self._kills: int | None = None
        self._noted = False

    @property
    def connection(self) -> Connection:
        """Has something to read when there is something to `hear`."""
        return self._process.connection

    def take(self, waiting: Waiting) -> None:
        """Begin the next cell that nobody else is at work on, if there is one."""
        while True:
            self._held.close()
            self.cell, self._group = waiting.next(self._group)
            if self.cell is None:
                return
            if self._held.enter_context(self._mine.hold(self.cell)):
                break
        self._process.begin()
        self._begin(self.cell)

    def hear(self) -> Outcome | None:
        """Take in what the process says next; its cell, if that has ended.

        Raises:
            InputError: the run folder cannot be written.
        """
        try:
            said: Message = self.connection.recv()
        except (EOFError, OSError):
            return self._bury()
        if isinstance(said, InputError):
            raise said
        if isinstance(said, Ended):
            return self._running, said.error
        if isinstance(said, Printed):
            said.show()
        else:
            self._watcher.event(said.event)
        return None

    def mind(self, patience: float) -> Outcome | None:
        """Find out whether the process is dead or silent; its cell, if that is over.

        Args:
            patience: budgets of silence after which it is ended; 0 for never.
        """
        if not self._process.lives and not self.connection.poll():
            return self._bury()  # a process of its own may hold the connection open
        silence = self._listener.listen()
        if patience and silence.budgets >= patience:
            return self._bury(f"it was silent for {silence}, and its process was ended; --patience gives it longer")
        if silence.budgets >= NOTED and not self._noted:
            self._noted = True
            ends = f"; at {patience:g} its process is ended" if patience else ""
            note(f"{self._running.id} has been silent for {silence}{ends}")
        return None

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.close()
        self._held.close()

    @property
    def _running(self) -> Cell:
        if self.cell is None:
            raise RuntimeError("nothing runs")
        return self.cell

    def _begin(self, cell: Cell) -> None:
        self._before, self._kills, self._noted = self._run.cell(cell.id).ended_at, oom_kills(), False
        pulse = Pulse(self._process.signs)
        pulse.begin(cell.budget, self._device)
        pulse.beat("setup")  # until the process gives signs of its own
        self._listener = Listener(self._process.signs)
        self._watcher.begin(cell)
        with suppress(OSError):  # it died this moment, which `hear` will find out
            self.connection.send(cell)

    def _bury(self, why: str = "") -> Outcome:
        """End the process and write down why its cell failed, which it could not do itself.

        Args:
            why: in one line; not given where the process has died.
        """
        cell = self._running
        if why:
            self._process.ask_where_it_is()
        self._process.end()
        if self._run.cell(cell.id).done and self._run.cell(cell.id).ended_at != self._before:
            return cell, ""
        error, store = why or why_died(self._process.status, self._kills), self._run.attempt(cell.id)
        if not store.read("cell"):
            store.begin(cell)  # the process did not come so far
        store.fail(error, self._process.trace(), {**ran_with(cell, self._device, {}), "threads": self._threads})
        return cell, error
