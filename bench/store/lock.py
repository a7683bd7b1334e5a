"""One command at a time plans and tabulates in a run folder: two that did so at once would write over each other."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import InputError
from bench.store.claims import CLAIMS, Claim, Claims
from bench.store.files import writing
from bench.store.jobs import JOBS

OWNER = "owner"
PATIENCE = 600.0
"""Seconds that commands which share a folder wait for each other to plan or to tabulate."""
_POLL = 0.2
_NAME = "folder"
_FIRST = {OWNER, CLAIMS, JOBS, "cells", "plan.jsonl", "plugins.jsonl", "methods.csv", "provenance.json"}
"""What a command writes before `suite.yaml`."""


class Ownership:
    """A run folder that this process owns."""

    def __init__(self, path: Path) -> None:
        self._path, self._claims = path, Claims(path / OWNER)
        self._claim: Claim | None = None

    def take(self, patience: float) -> None:
        """Own the folder.

        Raises:
            InputError: another process has owned it for all of `patience` seconds.
            OSError: it cannot be written.
        """
        start, said = time.monotonic(), False
        while (claim := self._claims.take(_NAME)) is None:
            if time.monotonic() - start >= patience:
                raise InputError(
                    f"{self._path} is being run by {self._other()}; wait until it ends, or name another folder with "
                    "--out"
                )
            if not said:
                print(f"note: waiting for {self._other()}, which owns {self._path} now", file=sys.stderr)
                said = True
            time.sleep(_POLL)
        self._claim = claim

    def let_go(self) -> None:
        """Own it no longer."""
        if self._claim is not None:
            self._claim.let_go()
            self._claim = None

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Leave the folder to others for the length of the block, as while cells run that each have a claim."""
        self.let_go()
        yield
        self.take(PATIENCE)

    def _other(self) -> str:
        held = self._claims.holder(_NAME)
        return str(held.owner) if held is not None and held.owner is not None else "another process"


@contextmanager
def owned(path: Path, patience: float = 0.0) -> Iterator[Ownership]:
    """Own the run folder `path`, which is made if need be, until the block ends.

    A process that dies loses what it owned, so nobody has to remove anything by hand.

    Args:
        path: the folder.
        patience: seconds to wait for another process.

    Raises:
        InputError: another process owns the folder, it cannot be written, or it holds something that is no run.
    """
    _require_run_or_nothing(path)
    ownership = Ownership(path)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        ownership.take(patience)
    try:
        yield ownership
    finally:
        with suppress(OSError):  # the disk has become read-only, or the folder is gone: that is said already
            ownership.let_go()


def _require_run_or_nothing(path: Path) -> None:
    """A kill may have left no suite, and a copy no owner: what holds only what a run begins with is a run too."""
    if not path.exists() or any((path / name).exists() for name in (OWNER, "suite.yaml")):
        return
    if not path.is_dir() or any(name not in _FIRST and not name.startswith(".") for name in os.listdir(path)):
        raise InputError(f"{path} is not an empty folder and not a run; name another with --out")
