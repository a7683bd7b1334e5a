"""What is lost when commands are killed: SIGKILL at random moments, of one command or of two at once in one folder.

    python -m benchmarks.kills --kills 500

A small suite runs in one folder after another, from which its cells, tables, plots and report come. In each, commands
are begun and killed: most are forks of this process, every eighth is typed. After each kill `status` must answer, what
was complete must be complete, and no row may stand twice; at the end of a folder the same command must complete it, and
its tables must be those of a folder in which nobody was killed, but for seconds. A folder with a fault is kept.

Prints a row for each stage at which commands were killed; exit status 1 if anything in it but kills is not 0.
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import astuple, dataclass, fields
from itertools import count
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

import bench.output.report
import bench.run.campaign  # noqa: F401 - forks need not import it
from bench.output.plots.draw import kinds
from benchmarks.kills.attempts import STAGES, Attempts, small_suite
from benchmarks.kills.folder import Faults, Outcome, complete_cells, faults_after_kill, faults_at_end, outcome

END = "completed"
"""The row of the commands that complete a folder, and of what is wrong with it then."""


@dataclass
class Tally:
    """What came of the kills at one stage."""

    kills: int = 0
    lost_cells: int = 0
    doubled_rows: int = 0
    unreadable_files: int = 0
    tracebacks: int = 0

    @property
    def faults(self) -> int:
        """All that is not to be."""
        return sum(astuple(self)[1:])

    def add(self, faults: Faults) -> None:
        """Count what is wrong with a folder."""
        self.lost_cells += faults.lost
        self.doubled_rows += faults.doubled
        self.unreadable_files += faults.unreadable


class Kills:
    """Folders in which commands are killed.

    Attributes:
        tallies: by stage, and `END`.
        kept: folders with faults.
    """

    def __init__(self, home: Path, seed: int) -> None:
        self.tallies = {name: Tally() for name in (*STAGES, END)}
        self.kept: list[Path] = []
        self._home, self._random = home, Random(seed)
        self._attempts = Attempts(home, self._random)

    @property
    def number(self) -> int:
        """How many commands were killed so far."""
        return sum(one.kills for one in self.tallies.values())

    def until(self, kills: int, console: Console) -> None:
        """Go on until so many commands were killed and the last folder is complete."""
        whole = self._whole()
        for number in count(1):
            folder = self._home / f"run-{number}"
            before = self._faults
            for _ in range(self._random.randint(6, 12)):
                if self.number < kills:
                    self._attempt(folder)
            self._complete(folder, whole)
            if self._faults == before:
                shutil.rmtree(folder)
            else:
                self.kept.append(folder)
            console.print(f"{self.number} of {kills} kills in {number} folders, {self._faults} faults", highlight=False)
            if self.number >= kills:
                return

    @property
    def _faults(self) -> int:
        return sum(one.faults for one in self.tallies.values())

    def _whole(self) -> Outcome:
        """What the suite comes to where nobody is killed."""
        folder = self._home / "whole"
        for command in self._attempts.complete(folder):
            if not command.is_in_order():
                raise RuntimeError(f"the suite does not run:\n{command.said}")
        return outcome(folder)

    def _attempt(self, folder: Path) -> None:
        complete = complete_cells(folder)
        for ended in self._attempts.attempt(folder):
            tally = self.tallies[ended.stage]
            tally.kills += ended.killed
            # While another may be at work; this one is reaped, as its claims are those of a process that is gone.
            status = self._attempts.begin("status", str(folder))
            tally.tracebacks += (not ended.command.is_in_order()) + (not status.is_in_order())
        tally.add(faults_after_kill(folder, complete))

    def _complete(self, folder: Path, whole: Outcome) -> None:
        tally = self.tallies[END]
        for command in self._attempts.complete(folder):
            tally.tracebacks += not command.is_in_order()
        tally.add(faults_at_end(folder, whole))


def table(tallies: dict[str, Tally]) -> Table:
    """A row a stage."""
    found = Table("killed in", *(field.name.replace("_", " ") for field in fields(Tally)), box=None)
    for name, tally in tallies.items():
        found.add_row(name, *map(str, astuple(tally)))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Kill as many commands as the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options, console = parser.parse_args(arguments), Console()
    small_suite().cells(), kinds()  # forks need not import what these do
    home = Path(tempfile.mkdtemp(prefix="dno-bench-kills-"))
    kills = Kills(home, options.seed)
    kills.until(options.kills, console)
    console.print(table(kills.tallies))
    if kills.kept:
        console.print(f"faulty folders are kept: {', '.join(map(str, kills.kept))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
