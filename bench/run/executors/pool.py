"""Processes of this machine, each with a device, given one cell at a time: one that dies takes one cell with it."""

from collections.abc import Generator, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

import torch

from bench.run.executors.claimed import Mine, Outcomes
from bench.run.executors.waiting import Waiting
from bench.run.executors.worker import Outcome, Worker
from bench.run.progress import Watcher
from bench.run.pulse import POLL
from bench.suite.cell import Cell

THREADS = 1
"""Of each process where several share the processor."""


def run_in_processes(
    path: Path,
    cells: Sequence[Cell],
    devices: Sequence[torch.device],
    patience: float = 0.0,
    watcher: Watcher | None = None,
) -> Generator[Outcome]:
    """Run cells on devices, each taking the next when it has ended one; says how each cell ended.

    While who asks for these is busy with the end of a cell, no other runs on its device.

    Args:
        path: the run folder.
        cells: what is to be run.
        devices: a process for each.
        patience: budgets of silence after which a process is ended, so that its cell fails; 0 for never.
        watcher: is told what happens within cells.
    """
    waiting, mine = Waiting(cells), Mine(path, Outcomes(path, cells))
    workers = [Worker(path, device, threads_on(devices), mine, watcher or Watcher()) for device in devices]
    try:
        for worker in workers:
            worker.take(waiting)
        while busy := [worker for worker in workers if worker.cell is not None]:
            for worker, outcome in _ended(busy, patience):
                yield outcome
                worker.take(waiting)
    finally:
        for worker in workers:
            worker.stop()


def threads_on(devices: Sequence[torch.device]) -> int:
    """Threads of each process: as many as this one has, where nobody else needs them."""
    return torch.get_num_threads() if len(devices) == 1 else THREADS


def _ended(busy: Sequence[Worker], patience: float) -> Iterator[tuple[Worker, Outcome]]:
    """What ends within a moment."""
    ready = wait([worker.connection for worker in busy], POLL)
    for worker in busy:
        outcome = worker.hear() if worker.connection in ready else None
        if outcome := outcome or worker.mind(patience):
            yield worker, outcome
