"""Thousands of short cells in one process: does anything grow that should not?

    python -m benchmarks.soak --cells 2000

Cells of 50 ms, of which one in a hundred fails after its first offer, are run by a process of their own. This one looks
at it from outside all the while, once a second: the memory, handles and threads of the process, and, by `status`,
whether the folder can be read. Afterwards the folder says how long each cell took.

Prints each figure beside its limit; exit status 1 where one is broken. Limits are counts and ratios: the machine may be
slow or busy, as long as it is so from beginning to end.
"""

import argparse
import os
import sys
import tempfile
import time
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import psutil
import torch
from rich.console import Console
from rich.table import Table

from bench.output.status import status_lines
from bench.run.campaign import run_suite
from bench.store.folder import RunStore
from bench.suite.suite import Suite
from benchmarks.cheap import HERE

WARM_UP = 0.1  # of the cells: what is imported, cached and allocated once
PERIOD = 1.0
_MB = 1_000_000


class Look(NamedTuple):
    """The process from outside.

    Attributes:
        cells: that have ended.
        mb: resident memory.
        handles: open files and sockets.
        threads: of the process.
    """

    cells: int
    mb: float
    handles: int
    threads: int


class Figure(NamedTuple):
    """Something that must not be more than its limit."""

    name: str
    value: float
    limit: float

    @property
    def broken(self) -> bool:
        """Whether it is."""
        return not self.value <= self.limit


def soak_suite(cells: int) -> Suite:
    """Cells of 50 ms; one in a hundred, drawn at random, fails."""
    steady = {"use": f"{HERE}@steady", "seconds": 0.005, "failing": 0.01}
    return Suite.model_validate({
        "name": "soak", "models": {"cheap": {"use": f"{HERE}@closed-form"}}, "prompts": ["cat"],
        "rewards": {"mean-pixel": {"use": f"{HERE}@mean-pixel"}}, "methods": {"steady": steady},
        "seeds": list(range(cells)), "budget": "0.05s", "checkpoints": [0.5],
    })  # fmt: skip


def soak(path: Path, cells: int) -> list[Figure]:
    """Run so many cells in a new folder.

    Raises:
        RuntimeError: the process did not come to its end.
    """
    process = get_context("spawn").Process(target=_run, args=(path, cells))
    process.start()
    looks, unread = watch(process.pid or 0, path)
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the run ended with exit status {process.exitcode}")
    return [*figures(looks, times(path)), Figure("times that status could not read the folder", unread, 0)]


def _run(path: Path, cells: int) -> None:
    with open(os.devnull, "w") as nowhere:
        run_suite(soak_suite(cells), path, [torch.device("cpu")], "off", Console(file=nowhere))


def watch(pid: int, path: Path) -> tuple[list[Look], int]:
    """Look at a process as long as it runs cells; how often `status` did not answer stands beside."""
    looks, unread, process = list[Look](), 0, psutil.Process(pid)
    try:
        while process.status() != psutil.STATUS_ZOMBIE:
            if RunStore(path).begun:
                cells = ended(path)
                unread += cells is None
                looks.append(_look(process, cells or 0))
            time.sleep(PERIOD)
    except psutil.Error:  # it ended between two questions
        pass
    return looks, unread


def ended(path: Path) -> int | None:
    """How many cells have ended, as `status` has it; None where it fails."""
    try:
        counts = status_lines(path)[0].removeprefix(f"{path}: ").split()
    except Exception:
        return None
    return int(counts[0]) + int(counts[5])


def _look(process: psutil.Process, cells: int) -> Look:
    with process.oneshot():
        return Look(cells, process.memory_info().rss / _MB, process.num_fds(), process.num_threads())


def times(path: Path) -> list[float]:
    """Seconds from the end of each cell to that of the next, failed ones too."""
    store = RunStore(path)
    ends = sorted(store.cell(one.cell).ended_at for one in store.planned())
    return [(later - earlier) / 1e9 for earlier, later in pairwise(ends)]


def figures(looks: list[Look], seconds: list[float]) -> list[Figure]:
    """What is to be small.

    Args:
        looks: at least two, earliest first.
        seconds: of each cell, in their order; at least ten.
    """
    total = len(seconds) + 1
    warm = [one for one in looks if WARM_UP * total <= one.cells < total]
    growth = np.polyfit([one.cells / 1000 for one in warm], [one.mb for one in warm], 1)[0] if len(warm) > 2 else 0.0
    tenths = [median(part) for part in np.array_split(seconds, 10)[1:]]  # without the warm-up
    return [
        Figure("memory, MB more each 1,000 cells (least squares)", float(growth), 2.0),
        Figure("handles, more at the end than after the warm-up", _more([one.handles for one in warm]), 3),
        Figure("threads, more at the end than after the warm-up", _more([one.threads for one in warm]), 2),
        Figure("time a cell, slowest tenth of the run over the median one", max(tenths) / median(tenths), 1.5),
        Figure("time a cell, last tenth of the run over the second one", tenths[-1] / tenths[0], 1.25),
    ]


def _more(counts: list[int]) -> float:
    """By how much the last third of some counts lies above the first."""
    third = max(1, len(counts) // 3)
    return median(counts[-third:]) - median(counts[:third]) if counts else 0.0


def table(found: list[Figure]) -> Table:
    """A row a figure."""
    shown = Table("figure", "value", "limit", "", box=None)
    for one in found:
        shown.add_row(one.name, f"{one.value:.2f}", f"{one.limit:g}", "BROKEN" if one.broken else "")
    return shown


def main() -> None:
    """Print the table, and the seconds a cell in tenths of the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=2000)
    options, console = parser.parse_args(), Console()
    with tempfile.TemporaryDirectory(prefix="dno-bench-soak-") as folder:
        found = soak(Path(folder, "run"), options.cells)
        tenths = [1000 * median(part) for part in np.array_split(times(Path(folder, "run")), 10)]
    console.print(table(found))
    console.print(f"ms a cell, in tenths of the run: {' '.join(f'{one:.0f}' for one in tenths)}", highlight=False)
    if any(one.broken for one in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
