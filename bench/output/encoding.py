"""Output to terminals and files: characters that they lack, that they would obey, and writes that they refuse."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from bench.errors import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PLAIN = {
    "↑": "^", "↓": "v", "∞": "inf", "†": "+", "±": "+-", "—": "-", "·": "-", "≤": "<=", "…": "...",
}  # fmt: skip
"""What tables and sentences use; anything else, such as a letter of a prompt, becomes a question mark."""


class PlainConsole(Console):
    """A console on which no text is obeyed: control characters come from rich alone, never from a prompt."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render with every text made `printable`."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


class Outlet(io.FileIO):
    """Standard output or error that nobody reads any more, or whose disk is full: the run must not end with it.

    Attributes:
        lost: why something could not be written; None while all was.
    """

    lost: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write, or drop what cannot be written."""
        try:
            return super().write(data) or 0
        except OSError as error:
            self.lost = error
            return len(memoryview(data))


def tolerate_any_output() -> None:
    """Let standard output and error take every character, and never fail; closed ones swallow all."""
    codecs.register_error("dno-bench", _plainly)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - while the process lives
        elif isinstance(_raw(stream), io.FileIO):  # a test may put in another
            setattr(sys, name, _unfailing(stream))


def lost_output() -> str:
    """Why standard output is not whole; empty where it is, or where its reader has had enough."""
    with suppress(ValueError, OSError):
        sys.stdout.flush()
    lost = getattr(_raw(sys.stdout), "lost", None)
    return "" if lost is None or lost.errno == errno.EPIPE else str(lost.strerror)


def _raw(stream: object) -> object:
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)  # PYTHONUNBUFFERED leaves out what lies between


def _unfailing(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    with suppress(OSError):
        stream.flush()
    raw = Outlet(stream.fileno(), "w", closefd=False)
    lines = stream.line_buffering
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, "dno-bench", line_buffering=lines)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in lacking), error.end
