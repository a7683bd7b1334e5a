"""Who runs what in a run folder: a claim is a file that only one process can create, also where locks do not work.

    <folder>/<name>/<turn>   its owner, as JSON; the time at which it was changed is the owner's last sign of life

Nobody removes a claim of another that has not ended. What a dead owner held is taken over by creating the next turn,
and of several who try one wins. An ended claim stays, so that who planned before it ended does not begin again.
"""

import os
import shutil
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread, main_thread
from typing import NamedTuple

from bench.store.files import write_atomically
from bench.store.owner import Owner

CLAIMS = "claims"
BEAT = 20.0
"""Seconds between two signs of life."""


class Held(NamedTuple):
    """The last turn of a claim.

    Attributes:
        turn: its number, from 0.
        owner: None if the file does not say, as while it is being written.
        lives: whether the owner may be at work.
    """

    turn: int
    owner: Owner | None
    lives: bool

    @property
    def ended(self) -> bool:
        """Whether what was claimed has come to its end."""
        return self.owner is not None and self.owner.ended


class Claims:
    """The claims in a folder, which is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> "Claim | None":
        """Claim `name` for this process; None if somebody may be at work on it, or has brought it to its end.

        Raises:
            OSError: the folder cannot be written.
        """
        seen = self._turns(name)
        held = self._held(name, seen)
        if held is not None and (held.lives or held.ended):
            return None
        place = self._folder / name
        claim = Claim(place / str(held.turn + 1 if held else 0), Owner.here())
        place.mkdir(parents=True, exist_ok=True)
        try:
            claim.create()
        except (FileExistsError, FileNotFoundError):  # another was faster, or has just let it go
            return None
        if self._turns(name) != seen | {claim.turn: claim.owner.text()}:
            claim.withdraw()  # if all who came at once do so, the cell is left, not lost
            return None
        claim.keep()
        return claim

    def holder(self, name: str) -> Held | None:
        """The last turn of a claim; None if there is none."""
        return self._held(name, self._turns(name))

    def is_busy(self, name: str) -> bool:
        """Whether somebody may be at work on it."""
        held = self.holder(name)
        return held is not None and held.lives

    def busy(self, names: Iterable[str]) -> dict[str, Owner | None]:
        """What of `names` somebody may be at work on, and who."""
        there = set(self._names())  # one look at a folder that may be far away, not one a name
        held = {name: self.holder(name) for name in names if name in there}
        return {name: one.owner for name, one in held.items() if one is not None and one.lives}

    def forget_ended(self, names: Iterable[str]) -> None:
        """Drop those of `names` that have ended: who plans after this finds what they came to."""
        for name in set(self._names()).intersection(names):
            held = self.holder(name)
            if held is not None and held.ended:
                _remove(self._folder / name)

    def tidy(self) -> None:
        """Remove the folder if nobody is at work; for when there is nothing left to claim."""
        if not any(map(self.is_busy, self._names())):
            shutil.rmtree(self._folder, ignore_errors=True)

    def _names(self) -> list[str]:
        with suppress(FileNotFoundError):
            return [name for name in sorted(os.listdir(self._folder)) if not name.startswith(".")]
        return []

    def _turns(self, name: str) -> dict[int, str]:
        """What the file of each turn says."""
        found = {}
        with suppress(FileNotFoundError):  # let go while it was read
            for file in (self._folder / name).iterdir():
                if file.name.isdecimal():
                    found[int(file.name)] = file.read_text(encoding="utf-8")
        return found

    def _held(self, name: str, turns: dict[int, str]) -> Held | None:
        if not turns:
            return None
        last = max(turns)
        owner = Owner.read(turns[last])
        if owner is not None and owner.ended:
            return Held(last, owner, lives=False)
        silence = self._silence(self._folder / name / str(last))
        return Held(last, owner, owner.lives(silence) if owner else silence < BEAT)

    def _silence(self, file: Path) -> float:
        """Seconds since a file was changed, by the clock of the machine that has the folder: ours may differ."""
        probe = self._folder / f".now.{os.getpid()}"
        try:
            probe.touch()
            return probe.stat().st_mtime - file.stat().st_mtime
        except FileNotFoundError:  # it was let go
            return float("inf")
        finally:
            probe.unlink(missing_ok=True)


class Claim:
    """Something that this process has claimed; it gives signs of life from `keep` on.

    Attributes:
        turn: its number.
        owner: this process.
    """

    def __init__(self, file: Path, owner: Owner) -> None:
        self.turn, self.owner = int(file.name), owner
        self._file, self._over = file, Event()

    def create(self) -> None:
        """Write the file, whole from the moment on at which it is there: an empty one would say nothing of its owner.

        Raises:
            FileExistsError: another has this turn.
        """
        whole = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        whole.write_text(self.owner.text(), encoding="utf-8")
        try:
            os.link(whole, self._file)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            with self._file.open("x", encoding="utf-8") as file:
                file.write(self.owner.text())
        finally:
            whole.unlink(missing_ok=True)

    def keep(self) -> None:
        """Give signs of life until the claim is ended or let go."""
        Thread(target=self._beat, daemon=True).start()

    def end(self) -> None:
        """What was claimed has come to its end: it is not begun again before the next plan."""
        self._over.set()
        write_atomically(self._file, replace(self.owner, ended=True).text())

    def let_go(self) -> None:
        """What was claimed is left to others."""
        self._over.set()
        if not self._is_lost():
            _remove(self._file.parent)

    def withdraw(self) -> None:
        """Leave the turn to whoever else has come."""
        self._file.unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            with suppress(OSError):  # a file server that is away comes back
                if self._is_lost():
                    signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
                    return
                os.utime(self._file)

    def _is_lost(self) -> bool:
        """Whether this process slept for so long that another has taken over."""
        return self._file.with_name(str(self.turn + 1)).exists()


def _remove(place: Path) -> None:
    """Remove a claim, earliest turn first: whoever looks on sees its last turn, or nothing."""
    with suppress(OSError):  # somebody has claimed it anew
        for file in sorted(place.iterdir(), key=lambda file: (len(file.name), file.name)):
            file.unlink(missing_ok=True)
        place.rmdir()
