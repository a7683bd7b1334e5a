"""How busy a GPU was while a method had it: readings of a thread, weighted by the method time between them."""

import math
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType

from bench.run.gpu import Gpu

PERIOD = 0.25
"""Seconds between two readings, of well under a millisecond each: long enough for the counters, short enough to tell
evaluation from method."""


class Busy:
    """Reads a GPU from time to time as long as it is entered.

    Between two readings nobody knows when exactly the device was busy, so a stretch that was half method and half
    evaluation counts half.

    Args:
        gpu: is asked by this object's thread alone.
        method_seconds: method time so far, at a moment of `time.perf_counter`.
    """

    def __init__(self, gpu: Gpu, method_seconds: Callable[[float], float]) -> None:
        self._gpu, self._method_seconds = gpu, method_seconds
        self._busy, self._sm_busy, self._joules = _Mean(), _Mean(), 0.0
        self._ended = Event()
        self._thread = Thread(target=self._watch, name="busy", daemon=True)

    def figures(self) -> dict[str, float]:
        """The columns that these readings fill, NaN where there was none, once the object was left."""
        return {
            "device_busy": self._busy.value,
            "sm_busy": self._sm_busy.value,
            "energy_joules": self._joules,
        }

    def __enter__(self) -> "Busy":
        self._now = self._moment()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the last reading."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(PERIOD):
            self._take()
        self._take()

    def _take(self) -> None:
        (since, method, joules), self._now = self._now, self._moment()
        now, method_now, joules_now = self._now
        spent = method_now - method
        self._joules += (joules_now - joules) * spent / (now - since)
        self._busy.add(self._reading.busy, spent)
        self._sm_busy.add(self._reading.sm_busy, spent)

    def _moment(self) -> tuple[float, float, float]:
        """Wall time, method time and joules so far; the reading is kept."""
        self._reading = self._gpu.read()
        now = time.perf_counter()
        return now, self._method_seconds(now), self._reading.joules


class _Mean:
    """A weighted mean of the values that are known; NaN without any."""

    def __init__(self) -> None:
        self._sum = self._weight = 0.0

    def add(self, value: float, weight: float) -> None:
        if not math.isnan(value) and weight > 0:
            self._sum += value * weight
            self._weight += weight

    @property
    def value(self) -> float:
        return self._sum / self._weight if self._weight else math.nan
