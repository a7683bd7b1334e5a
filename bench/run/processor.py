"""What this process may have of the processor, what it got, and what it had to wait for."""

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_TASKS = Path("/proc/self/task")
_QUOTAS = (Path("/sys/fs/cgroup/cpu.max"), Path("/sys/fs/cgroup/cpu"))  # of cgroups version 2 and 1


def processors() -> float:
    """How many processors this process may use: of the machine, its affinity and its container's quota the least."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(own, _quota())


class _Taken(NamedTuple):
    """Seconds of all threads so far: on the processor, and by thread waiting for it (proc_schedstat)."""

    ran: float
    waited: dict[str, float]


class ProcessorTime:
    """Counts over a watched stretch what the threads of this process asked of the processor.

    A thread that sleeps, or waits for a device, asks for nothing: only one that could run and had no processor waits.

    Attributes:
        ran: seconds on a processor, over all threads.
        waited: seconds in the queue for one, over all threads; NaN where the system does not count them.
    """

    def __init__(self) -> None:
        self.ran, self.waited = 0.0, 0.0 if any(map(_counts, _TASKS.glob("*"))) else math.nan

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Count a stretch; not for every yield of a method, since a look at all threads takes a tenth of a ms."""
        with self._count(1):
            yield

    @contextmanager
    def leave_out(self) -> Iterator[None]:
        """Do not count a stretch within a watched one."""
        with self._count(-1):
            yield

    @contextmanager
    def _count(self, sign: int) -> Iterator[None]:
        before = _taken()
        try:
            yield
        finally:
            after = _taken()
            self.ran += sign * (after.ran - before.ran)
            self.waited += sign * sum(waited - before.waited.get(one, 0.0) for one, waited in after.waited.items())


def _taken() -> _Taken:
    return _Taken(time.process_time(), {task.name: _waited(task) for task in _TASKS.glob("*")})


def _counts(task: Path) -> bool:
    """Whether the kernel counts for a thread: built without SCHED_INFO it has no such file, with it off only zeros."""
    return any(_schedstat(task))


def _waited(task: Path) -> float:
    return _schedstat(task)[1] / 1e9


def _schedstat(task: Path) -> list[int]:
    """Nanoseconds on a processor and waiting for it, and turns on it; zeros for a thread that has just ended."""
    try:
        return [int(figure) for figure in (task / "schedstat").read_text().split()]
    except OSError:
        return [0, 0, 0]


def _quota() -> float:
    """Of the container, in processors; infinite without one."""
    unified, older = _QUOTAS
    try:
        if unified.exists():
            quota, period = unified.read_text().split()
        else:
            quota, period = ((older / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        return int(quota) / int(period) if int(quota) > 0 else math.inf
    except (OSError, ValueError):  # none is set: version 2 writes `max`
        return math.inf
