"""The clock of a cell: it waits for the device, and books every second to one phase."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

import torch

Phase = Literal["setup", "warm_up", "method", "evaluation", "logging"]


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
    """

    clock: Callable[[], float] = time.perf_counter
    booked: dict[str, float] = field(default_factory=lambda: dict.fromkeys(get_args(Phase), 0.0))
    _phase: Phase = "setup"

    def __post_init__(self) -> None:
        self._since = self.clock()

    def switch(self, phase: Phase) -> None:
        """End the running phase now and begin `phase`."""
        now = self.clock()
        self.booked[self._phase] += now - self._since
        self._phase, self._since = phase, now
