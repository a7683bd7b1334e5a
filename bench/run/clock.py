"""The clock of a cell: it waits for the device, and books every second to one phase."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

import torch

Phase = Literal["setup", "warm_up", "capture", "method", "evaluation", "logging"]
"""What seconds go into; `capture` is of graphs that were not there after the warm-up."""


def device_clock(device: torch.device) -> Callable[[], float]:
    """A monotonic clock that waits for the device, so that queued work is not missed (statistics D1)."""
    if device.type == "cpu":
        return time.perf_counter

    def now() -> float:
        torch.accelerator.synchronize(device)
        return time.perf_counter()

    return now


@dataclass
class Ledger:
    """Books every second since its creation to exactly one phase.

    Attributes:
        clock: returns seconds; a test may hand in its own.
        booked: seconds a phase, without the running one.
        beat: is told of each phase as it begins.
    """

    clock: Callable[[], float] = time.perf_counter
    booked: dict[str, float] = field(default_factory=lambda: dict.fromkeys(get_args(Phase), 0.0))
    beat: Callable[[Phase], object] = lambda phase: None

    def __post_init__(self) -> None:
        # Replaced as a whole, because another thread may read it: the phase, since when, and method time before.
        self._running: tuple[Phase, float, float] = ("setup", self.clock(), 0.0)
        self.beat("setup")

    def switch(self, phase: Phase) -> None:
        """End the running phase now and begin `phase`."""
        now = self.clock()
        began, since, _ = self._running
        self.booked[began] += now - since
        self._running = phase, now, self.booked["method"]
        self.beat(phase)

    @property
    def phase(self) -> Phase:
        """The running phase."""
        return self._running[0]

    @contextmanager
    def aside(self, phase: Phase) -> Iterator[None]:
        """Book a stretch to `phase`, and go on with the running one."""
        running = self.phase
        self.switch(phase)
        try:
            yield
        finally:
            self.switch(running)

    def method_seconds(self, now: float) -> float:
        """Method time so far, with the running stretch; for other threads, as it does not wait for the device.

        Args:
            now: a moment of the clock.
        """
        phase, since, before = self._running
        return before + (max(0.0, now - since) if phase == "method" else 0.0)
