"""A process that runs cells on a device, as its parent has it."""

import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import NamedTemporaryFile

import torch

from bench.run.executors.child import serve
from bench.run.executors.death import ask_for_trace
from bench.run.pulse import SIGNS

_CONTEXT = get_context("spawn")
_GRACE = 2.0  # seconds that it has to end by itself


class Process:
    """Begins when it is needed, and anew after it has died.

    Args:
        path: the run folder.
        device: where cells run.
        threads: of torch.

    Attributes:
        connection: takes cells, and has something to read when the process says something or is dead.
        signs: of life, as `bench.run.pulse` has them.
    """

    connection: Connection

    def __init__(self, path: Path, device: torch.device, threads: int) -> None:
        self.signs = _CONTEXT.RawArray("d", SIGNS)
        self._trace = NamedTemporaryFile(prefix="dno-bench-")  # noqa: SIM115 - until it is closed
        self._own = (path, str(device), threads, self.signs, Path(self._trace.name))
        self._process: BaseProcess | None = None

    @property
    def lives(self) -> bool:
        """Whether it has begun and is not dead."""
        return self._process is not None and self._process.is_alive()

    @property
    def status(self) -> int:
        """Its exit status, or the number of the signal that ended it, negative; 0 while it lives."""
        return (self._process.exitcode or 0) if self._process else 0

    def begin(self) -> None:
        """Begin, if it does not live."""
        if self.lives:
            return
        self._trace.truncate(0)
        self.connection, other_end = _CONTEXT.Pipe()
        # No daemon: those may not have processes of their own, which a reward may need.
        process = _CONTEXT.Process(target=serve, args=(other_end, *self._own))
        # Ctrl-C, and a terminal that is closed, reach all processes; this one decides what becomes of the others.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        try:
            process.start()
            self._process = process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        other_end.close()

    def ask_where_it_is(self) -> None:
        """Have it write down where in its code it is, for `trace`."""
        if self._process and self._process.pid:
            ask_for_trace(self._process.pid)

    def trace(self) -> str:
        """Where it was when it crashed, or was asked; empty where it could not say."""
        return Path(self._trace.name).read_text(errors="replace")

    def end(self) -> None:
        """End it, whatever it does."""
        if self._process is None:
            return
        self._process.terminate()
        self.connection.close()
        self._process.join(_GRACE)
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """End it for good."""
        self.end()
        self._trace.close()
