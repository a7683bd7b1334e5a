"""The life of a process of the pool: cells come in; how they end, how they do and what they print goes out."""

import io
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import RLock, Thread
from typing import NamedTuple

import torch

from bench.errors import InputError, warn_in_one_line
from bench.run.executors.death import trace_into
from bench.run.executors.work import work
from bench.run.progress import Watcher
from bench.run.pulse import Pulse
from bench.suite.cell import Cell

_PACE = 0.25
"""Seconds between two live rewards: a method may yield thousands in a second."""


class Ended(NamedTuple):
    """A cell has ended.

    Attributes:
        error: in one line; "" if the cell is done.
    """

    error: str


class Live(NamedTuple):
    """A method has yielded."""

    event: Mapping[str, float]


class Printed(NamedTuple):
    """Something was printed.

    Attributes:
        stream: 1 for standard output, 2 for standard error.
        text: as it was written.
    """

    stream: int
    text: str

    def show(self) -> None:
        """Print it here."""
        print(self.text, end="", file=sys.stdout if self.stream == 1 else sys.stderr)


Message = Ended | Live | Printed | InputError
"""What a process sends; an error says that the run folder cannot be written."""


def serve(
    connection: Connection, path: Path, device: str, threads: int, signs: MutableSequence[float], trace: Path
) -> None:
    """Run the cells that come in, until nobody sends any.

    Args:
        connection: cells in, messages out.
        path: the run folder.
        device: where cells run.
        threads: of torch.
        signs: of life, for the parent.
        trace: the file that says where the process is, if it cannot.
    """
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has the handlers of its parent
    trace_into(trace)
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    outgoing = _Outgoing(connection)
    for number, name in enumerate(("stdout", "stderr"), start=1):
        setattr(sys, name, _Stream(number, outgoing.send))
    warnings.showwarning = warn_in_one_line
    try:
        for _, error in work(path, _received(connection), torch.device(device), _Reporter(outgoing.send), Pulse(signs)):
            outgoing.send(Ended(error))
    except InputError as error:  # nothing can be written: that ends the run, not the cell
        outgoing.send(error)


def _received(connection: Connection) -> Iterator[Cell]:
    with suppress(EOFError, OSError):  # the parent has closed its end
        while True:
            yield connection.recv()


class _Outgoing:
    """Messages to the parent, from any thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = RLock()  # what the collector of garbage calls may print while something is sent

    def send(self, message: Message) -> None:
        """Send a message; without a parent there is nothing left to do."""
        with self._lock:
            try:
                self._connection.send(message)
            except OSError:
                os._exit(1)


class _Stream(io.TextIOBase):
    """Standard output or error. The parent prints it: only one process may write where a live bar is drawn."""

    def __init__(self, number: int, send: Callable[[Message], None]) -> None:
        self._number, self._send = number, send

    def write(self, text: str, /) -> int:
        """Pass it on."""
        self._send(Printed(self._number, str(text)))
        return len(text)

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """Of the stream whose place this takes: a process started from here may write there."""
        return self._number


class _Reporter(Watcher):
    """Passes on how the running cell does."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send, self._due = send, 0.0

    def event(self, event: Mapping[str, float]) -> None:
        """Pass an event on, now and then."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _PACE
            self._send(Live(dict(event)))


def _end_with_parent() -> None:
    """A process whose parent was killed must not write in a folder that another command may own by then."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
