"""Output that cannot be written is bad input: a run folder may be somebody else's, or on a disk that is read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.errors import InputError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in one line that `path` cannot be written, and what to do.

    Raises:
        InputError: for any OSError within the context.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; name another place with --out") from None
