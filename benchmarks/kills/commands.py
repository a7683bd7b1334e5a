"""Commands of `dno-bench`, each in a process that can be killed."""

import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from bench.cli import main
from benchmarks.large_store import DNO_BENCH

_IN_ORDER = (0, 2, -signal.SIGKILL)
"""How a command may end: done, refused in one line, or killed."""


class Command:
    """A command in a process of its own.

    Args:
        words: what follows `dno-bench`.
        output: the file that gets what it prints.
        typed: whether Python is started for it, as when somebody types it; else it is a fork of this process, which has
            imported everything already.

    Attributes:
        words: as above.
    """

    def __init__(self, words: Sequence[str], output: Path, typed: bool = False) -> None:
        self.words, self._output = tuple(words), output
        output.touch()  # a fork may be killed before it has opened it
        self._process = _typed(words, output) if typed else _Fork(words, output)

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def kill(self) -> bool:
        """Kill it by SIGKILL; whether it had not come to its end before."""
        self._process.kill()
        return self._process.wait() == -signal.SIGKILL

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()

    def is_in_order(self) -> bool:
        """Wait until it has ended; whether it did so as a command may, without a traceback."""
        status = self._process.wait()
        return status in _IN_ORDER and "Traceback" not in self.said

    @property
    def said(self) -> str:
        """What it printed."""
        return self._output.read_text(encoding="utf-8", errors="replace")


class _Fork:
    """A fork of this process, with as much of the interface of `Popen` as is needed."""

    def __init__(self, words: Sequence[str], output: Path) -> None:
        self._process = get_context("fork").Process(target=_main, args=(words, output))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode


def _typed(words: Sequence[str], output: Path) -> "subprocess.Popen[bytes]":
    with output.open("wb") as file:
        return subprocess.Popen([sys.executable, "-c", DNO_BENCH, *words], stdout=file, stderr=file)


def _main(words: Sequence[str], output: Path) -> None:
    with output.open("w", buffering=1, encoding="utf-8") as file:
        sys.stdout = sys.stderr = file
        sys.argv = ["dno-bench", *words]
        try:
            main()
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        finally:
            sys.stdout.flush()  # `main` has put others there
            sys.stderr.flush()
