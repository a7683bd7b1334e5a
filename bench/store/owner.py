"""Who holds a claim, and whether he still lives: who can be asked is asked, else his last sign of life counts."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil

from bench.store.slurm import is_at_work, job_states, this_job

LEASE = 300.0
"""Seconds without a sign of life after which a process that nobody can ask is taken for dead."""
_SAME_BIRTH = 2.0  # seconds by which two readings of when a process began may differ


@dataclass(frozen=True)
class Owner:
    """A process.

    Attributes:
        host: where it runs.
        numbers: names what counts the process ids there: containers of one host may each begin from 1.
        pid, born: its id, and when it began, in seconds since 1970: ids are used again.
        job: of Slurm; "" if it belongs to none.
        ended: whether what it claimed has come to its end.
    """

    host: str
    numbers: str
    pid: int
    born: float
    job: str
    ended: bool = False

    @classmethod
    def here(cls) -> "Owner":
        """This process."""
        return cls(socket.gethostname(), _numbers(), os.getpid(), psutil.Process().create_time(), this_job())

    @classmethod
    def read(cls, text: str) -> "Owner | None":
        """The owner that a file names; None if it does not say, as while it is being written."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def text(self) -> str:
        """What `read` reads."""
        return json.dumps(asdict(self)) + "\n"

    def lives(self, silence: float) -> bool:
        """Whether it may still be at work.

        Args:
            silence: seconds since its last sign of life.
        """
        if (self.host, self.numbers) == (socket.gethostname(), _numbers()):
            return _runs(self.pid, self.born, silence)
        state = (job_states([self.job]) or {}).get(self.job, "") if self.job else ""
        if state and not is_at_work(state):
            return False
        # A suspended job is silent. One that was begun anew elsewhere runs, and says nothing for its former self.
        return state == "SUSPENDED" or silence < LEASE

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}{f' (job {self.job})' if self.job else ''}"


def _runs(pid: int, born: float, silence: float) -> bool:
    try:
        process = psutil.Process(pid)
        # A clock that is set moves the births of all processes; only an id that is used again is silent, too.
        same = abs(process.create_time() - born) < _SAME_BIRTH or silence < LEASE
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@cache
def _numbers() -> str:
    namespace = Path("/proc/self/ns/pid")
    return os.readlink(namespace) if namespace.exists() else ""
