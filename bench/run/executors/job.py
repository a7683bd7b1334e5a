"""What a job of Slurm runs on its node: the cells that it was given, until they have ended or its time is over."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import torch

from bench.errors import InputError, Interrupted
from bench.run.devices import parse_devices
from bench.run.executors.claimed import Mine, Outcomes
from bench.run.executors.local import paces_here
from bench.run.executors.work import work
from bench.run.paces import agree
from bench.run.progress import Outcome, Watcher, outcome_of
from bench.run.provenance import provenance, ran_with
from bench.store.files import write_atomically
from bench.store.folder import RunStore
from bench.store.jobs import JOBS
from bench.store.slurm import this_job
from bench.suite.cell import Cell

Handler = Callable[[int, FrameType | None], Any]
_WARNINGS = (signal.SIGUSR1, signal.SIGUSR2)  # submitit takes the second, unless SUBMITIT_PREEMPT_SIGNAL says USR1


class Told(Interrupted):
    """A signal told the job to stop."""

    def __str__(self) -> str:
        return signal.Signals(self.signal).name


@dataclass(frozen=True)
class Job:
    """What submitit calls, and calls again where the job is put back into the queue.

    Attributes:
        device: as `--device` has it.
        seconds: that the job may take.
        usable: those of them that are for cells.
    """

    device: str
    seconds: float
    usable: float

    def __call__(self, path: Path, cells: list[Cell], outcomes: Outcomes) -> None:
        """Run cells that nobody else is at work on and that have not ended since they were planned.

        When Slurm warns that the time is nearly over, the job goes back into the queue with what is left. A cell that
        had a whole job to itself and did not end fails: it would be begun for ever.

        Args:
            path: the run folder.
            cells: of this job.
            outcomes: of the cells, since they were planned.

        Raises:
            SystemExit: there is no such device, or seconds would mean something else here than in the run.
        """
        log = _Log(RunStore(path))
        own = Mine(path, outcomes).each(cells)
        with told_by(*_WARNINGS, signal.SIGTERM, signal.SIGINT) as before, closing(own) as mine:
            try:
                (device,) = parse_devices(self.device)
                _introduce(path, device, cells)
                for cell, error in work(path, mine, device, log):
                    log.end(cell, outcome_of(cell, error, log.store.cell(cell.id)))
            except InputError as error:
                print(f"error: {error}", flush=True)
                sys.exit(1)
            except Told as told:
                print(f"{told}: the job stops", flush=True)
                if told.signal in _WARNINGS:
                    self._fail_what_had_it_all(log)
                    mine.close()
                    before[told.signal](told.signal, None)  # submitit's, which puts the job back into the queue

    def _fail_what_had_it_all(self, log: "_Log") -> None:
        """Fail the cell at work if no other has ended in all the time of the job."""
        if log.now is None or log.ended or time.monotonic() - log.began < self.usable:
            return
        why = f"it did not end within a job of its own of {self.seconds:g} s; give a longer --job-time"
        log.store.attempt(log.now.id).fail(why, "", ran_with(log.now, parse_devices(self.device)[0], {}))
        log.end(log.now, Outcome(why))

    def checkpoint(self, *arguments: Any) -> Any:  # noqa: ANN401 - a class of submitit
        """What is to be called when the job goes on: the same, which leaves out what has ended."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, *arguments)


@contextmanager
def told_by(*numbers: int) -> Iterator[dict[int, Handler]]:
    """Raise `Told` on the first of these signals; gives what each of them did before."""

    def tell(number: int, _: FrameType | None) -> NoReturn:
        for one in numbers:  # a second one is not to cut short what the first began
            signal.signal(one, signal.SIG_IGN)
        raise Told(number)

    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        yield {number: one if callable(one) else _nothing for number, one in before.items()}
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(*_: object) -> None:
    pass


def _introduce(path: Path, device: torch.device, cells: list[Cell]) -> None:
    """Write down where the job runs, and refuse seconds that would mean something else than in the run's other jobs."""
    own = path / JOBS / f"{this_job() or 'here'}.provenance.json"
    write_atomically(own, json.dumps(provenance([device]), indent=1) + "\n")
    if any(cell.budget.unit == "seconds" for cell in cells):
        agree(path / JOBS, min(paces_here([device])))


class _Log(Watcher):
    """What the job prints, and how far it has come.

    Attributes:
        store: the run.
        began: when the job did.
        now: the cell at work.
        ended: how many cells have.
    """

    def __init__(self, store: RunStore) -> None:
        self.store, self.began = store, time.monotonic()
        self.now: Cell | None = None
        self.ended = 0

    def begin(self, cell: Cell) -> None:
        """Say which cell begins."""
        self.now = cell
        print(f"begins {cell.id}", flush=True)

    def end(self, cell: Cell, outcome: Outcome) -> None:
        """Say how it ended."""
        self.now = None
        self.ended += 1
        print(f"ended  {cell.id}: {outcome.text}", flush=True)
