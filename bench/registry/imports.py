"""What goes wrong when a plug-in's file is imported, said in one line."""

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from bench.errors import InputError, Interrupted, one_line


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn whatever a file raises while it is imported into an InputError that names the file.

    Raises:
        InputError: the import failed; `sys.exit` at import is no way out.
    """
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Interrupted:
        raise
    except BaseException as error:
        raise InputError(f"{path} could not be imported: {one_line(error)}{line_in(path, error)}") from error


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection: while much is imported it takes a quarter of the time, and finds next to nothing."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def line_in(path: str, error: BaseException) -> str:
    """The last line of a file that an error passed through, as ` (line 7)`; empty where it passed through none."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f" (line {lines[-1]})" if lines else ""
