"""What a method may spend, what it has spent, and the ledger that books every second of a cell."""

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

import torch

from bench.errors import InputError

Unit = Literal["seconds", "denoiser_evals", "reward_calls"]
Phase = Literal["setup", "warm_up", "method", "evaluation", "logging"]

_SUFFIXES: dict[str, tuple[Unit, float]] = {
    "s": ("seconds", 1),
    "m": ("seconds", 60),
    "h": ("seconds", 3600),
    "nfe": ("denoiser_evals", 1),
    "rewards": ("reward_calls", 1),
}


@dataclass
class Meter:
    """Counts of everything a method asked of the problem; a guided denoiser call counts as two evaluations."""

    denoiser_evals: int = 0
    decodes: int = 0
    reward_calls: int = 0
    backward_evals: int = 0

    def counts(self) -> dict[str, int]:
        """The counters by name."""
        return asdict(self)


@dataclass(frozen=True)
class Budget:
    """An amount of method time or of evaluations.

    Attributes:
        amount: how much, positive.
        unit: what binds; all quantities are recorded whichever it is.
    """

    amount: float
    unit: Unit = "seconds"

    @classmethod
    def parse(cls, text: str) -> "Budget":
        """A budget written as `10s`, `5m`, `1h`, `500nfe` (denoiser evaluations) or `100rewards`.

        Raises:
            InputError: another form, or not positive.
        """
        match = re.fullmatch(r"\s*(-?[0-9]*\.?[0-9]+)\s*([a-z]+)\s*", text)
        if match is None or match[2] not in _SUFFIXES:
            raise InputError(f"budget {text!r} is not understood; write 10s, 5m, 1h, 500nfe or 100rewards")
        unit, factor = _SUFFIXES[match[2]]
        amount = float(match[1]) * factor
        if amount <= 0:
            raise InputError(f"budget {text!r} must be positive")
        return cls(amount, unit)

    def __str__(self) -> str:
        suffix = {"seconds": "s", "denoiser_evals": "nfe", "reward_calls": "rewards"}[self.unit]
        return f"{self.amount:g}{suffix}"

    def spent(self, seconds: float, meter: Meter) -> float:
        """How much of this budget's unit has been used."""
        return seconds if self.unit == "seconds" else float(meter.counts()[self.unit])


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
