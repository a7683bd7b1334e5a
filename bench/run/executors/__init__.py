"""Where cells run: an executor takes cells and a run folder, and reports how each cell ended."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Protocol

from bench.suite.cell import Cell


class Executor(Protocol):
    """Decides where groups of cells run; `bench.run.executors.work.work` runs them there."""

    def __call__(self, cells: Sequence[Cell], path: Path) -> Generator[tuple[Cell, str]]:
        """Run cells into the run folder `path`; gives each that it ran with its error in one line, "" if it is done.

        What others are at work on, or have ended since, is left out. Closing the generator, as an interrupt does, ends
        what waits at once and what runs within seconds; jobs of Slurm go on without it.
        """
