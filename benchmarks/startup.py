"""How long a command takes before it answers, each in a process of its own, beside what it may take.

    python -m benchmarks.startup

The targets are for an idle machine of two cores. Other work on the machine lengthens the seconds, less so those of the
core; `import torch` stands beside them as a measure of the machine.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.large_store import DNO_BENCH, large_suite, write

REFUSED = ("run", "demo", "--methods", "dn0", "--dry-run")
"""Of the commands, the one whose error is timed: the name is misspelt."""
TARGETS: dict[tuple[str, ...], float | None] = {
    ("--help",): 0.5,
    ("list", "methods"): 1.5,
    ("list", "rewards"): 1.5,
    ("show", "method", "dno"): 1.5,
    ("status", "RUN"): 1.5,
    ("run", "demo", "--dry-run"): 3.0,
    REFUSED: 3.0,
    ("table", "RUN"): None,
}
"""Commands to seconds; RUN is a made-up run of 100 cells."""


class Took(NamedTuple):
    """Seconds until a process had ended, and seconds of a core that it used."""

    wall: float
    core: float


def best(code: str, arguments: tuple[str, ...], times: int, folder: Path) -> Took:
    """The least of each over some runs of a program; one before them, uncounted, fetches its files from the disk.

    Raises:
        RuntimeError: a run ended with another exit status than it must; with what it wrote to stderr.
    """
    command, status = [sys.executable, "-c", code, *arguments], 2 if arguments == REFUSED else 0
    took = [_took(command, folder, status) for _ in range(times + 1)][1:]
    return Took(min(one.wall for one in took), min(one.core for one in took))


def _took(command: list[str], folder: Path, status: int) -> Took:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    path = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != status:
        raise RuntimeError(f"{command[3:]} ended with exit status {done.returncode}, not {status}:\n{done.stderr}")
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Print a table: each command, its seconds, those of the core, and its target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="runs of each command, of which the best counts")
    times = parser.parse_args().times
    table = Table("command", "seconds", "of a core", "target", box=None)
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "RUN", large_suite(5, 20, 1).narrowed({"rewards": ["darkness"]}), events=20)
        rows = {"import torch": (best("import torch", (), times, folder), None)}
        rows |= {" ".join(one): (best(DNO_BENCH, one, times, folder), most) for one, most in TARGETS.items()}
    for label, (took, most) in rows.items():
        table.add_row(label, f"{took.wall:.2f}", f"{took.core:.2f}", f"{most:.1f}" if most else "")
    Console().print(table)


if __name__ == "__main__":
    main()
