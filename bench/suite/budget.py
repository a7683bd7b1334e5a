"""What a method may spend."""

import re
from dataclasses import dataclass
from typing import Literal

from bench.errors import InputError
from bench.problem import Meter

Unit = Literal["seconds", "denoiser_evals", "reward_calls"]

UNITS: dict[str, str] = {"seconds": "s", "denoiser_evals": "evaluations", "reward_calls": "reward calls"}
_SUFFIXES: dict[str, tuple[Unit, float]] = {
    "s": ("seconds", 1),
    "m": ("seconds", 60),
    "h": ("seconds", 3600),
    "nfe": ("denoiser_evals", 1),
    "rewards": ("reward_calls", 1),
}


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


def budget_text(amount: float, unit: str) -> str:
    """Write a budget for people, as in `15 s` or `500 evaluations`."""
    return f"{amount:g} {UNITS[unit]}"
