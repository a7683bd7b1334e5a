"""One process at a time owns a run folder: two that write in it would interleave their rows."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bench.errors import InputError
from bench.store.files import write_atomically, writing

LOCK = "run.lock"
OWNER = "owner.json"
_FIRST = {LOCK, OWNER, "cells", "plan.jsonl", "plugins.jsonl", "methods.csv", "provenance.json"}
"""What a command writes before `suite.yaml`."""


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Own the run folder `path`, which is made if need be, until the block ends.

    The operating system takes the lock from a process that dies, so nobody has to remove one.

    Raises:
        InputError: another process owns the folder, it cannot be written, or it holds something that is no run.
    """
    _require_run_or_nothing(path)
    lock = FileLock(path / LOCK, timeout=0)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise InputError(
                f"{path} is being run by {_owner(path)}; wait until it ends, or name another folder with --out"
            ) from None
    try:
        write_atomically(path / OWNER, json.dumps({"host": socket.gethostname(), "pid": os.getpid()}) + "\n")
        yield
    finally:
        with suppress(OSError):  # the disk has become read-only, or the folder is gone: that is said already
            (path / OWNER).unlink(missing_ok=True)
            lock.release()


def _require_run_or_nothing(path: Path) -> None:
    """A kill may have left no suite, and a copy no lock: what holds only what a run begins with is a run too."""
    if not path.exists() or any((path / name).is_file() for name in (LOCK, "suite.yaml")):
        return
    if not path.is_dir() or any(name not in _FIRST and not name.startswith(".") for name in os.listdir(path)):
        raise InputError(f"{path} is not an empty folder and not a run; name another with --out")


def _owner(path: Path) -> str:
    try:
        owner = json.loads((path / OWNER).read_text(encoding="utf-8"))
        return f"process {owner['pid']} on {owner['host']}"
    except (OSError, ValueError, KeyError, TypeError):  # it has only just come, or is about to go
        return "another process"
