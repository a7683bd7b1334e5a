"""This machine: one process a device, because runs that share a device cannot be compared."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import torch

from bench.run.executors.claimed import Mine, Outcomes
from bench.run.executors.pool import run_in_processes, threads_on
from bench.run.executors.work import groups, work
from bench.run.progress import Watcher
from bench.run.provenance import device_name, versions
from bench.store.pace import pace
from bench.suite.cell import Cell


@dataclass
class Local:
    """Devices of this machine, each used by a process of its own, or a single one by this process itself.

    Attributes:
        devices: where cells run.
        watcher: is told what happens within a cell, where one runs at a time.
        patience: budgets of silence after which a process is ended (`bench.run.pulse`). 0: never, and a single device
            is used by this process, which a debugger can stop.
    """

    devices: Sequence[torch.device]
    watcher: Watcher = field(default_factory=Watcher)
    patience: float = 0.0

    def __call__(self, cells: Sequence[Cell], path: Path) -> Generator[tuple[Cell, str]]:
        """Run cells into the run folder `path`; gives each that it ran with its error in one line, "" if it is done."""
        single = len(self.devices) == 1
        if self.patience or not single:
            watcher = self.watcher if single else Watcher()
            yield from run_in_processes(path, cells, self.devices, self.patience, watcher)
            return
        with closing(Mine(path, Outcomes(path, cells)).each(chain.from_iterable(groups(cells)))) as mine:
            yield from work(path, mine, self.devices[0], self.watcher)


def paces_here(devices: Sequence[torch.device]) -> set[str]:
    """What sets the pace of cells that run on these devices of this machine."""
    here = {"threads": threads_on(devices), "versions": versions()}
    return {pace({**here, "device": str(one), "device_name": device_name(one)}) for one in devices}
