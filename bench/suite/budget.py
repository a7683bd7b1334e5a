"""What a method may spend."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from bench.errors import InputError

if TYPE_CHECKING:
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
        amount: how much, positive and finite; of what is counted, a whole number.
        unit: what binds; all quantities are recorded whichever it is.
    """

    amount: float
    unit: Unit = "seconds"

    @classmethod
    def parse(cls, text: str) -> "Budget":
        """A budget written as `10s`, `5m`, `1h`, `500nfe` (denoiser evaluations) or `100rewards`.

        Raises:
            InputError: another form, not positive, endless, or a part of an evaluation.
        """
        match = re.fullmatch(r"\s*(-?[0-9]*\.?[0-9]+)\s*([a-z]+)\s*", text)
        if match is None or match[2] not in _SUFFIXES:
            raise InputError(f"budget {text!r:.80} is not understood; write 10s, 5m, 1h, 500nfe or 100rewards")
        unit, factor = _SUFFIXES[match[2]]
        amount = float(match[1]) * factor
        if not 0 < amount < math.inf:
            raise InputError(f"budget {text!r:.80} must be positive and finite")
        if unit != "seconds" and not amount.is_integer():
            raise InputError(f"budget {text!r:.80} must be a whole number of {UNITS[unit]}")
        return cls(amount, unit)

    def __str__(self) -> str:
        """The budget as `parse` reads it, to the last digit."""
        suffix = {"seconds": "s", "denoiser_evals": "nfe", "reward_calls": "rewards"}[self.unit]
        return f"{_plain(Decimal(repr(self.amount)))}{suffix}"

    def at(self, fraction: float) -> float:
        """What a checkpoint at a fraction of the budget allows: of 3 s 0.3 is 0.9 s; of what is counted a whole number.

        It is rounded down, as nobody spends half an evaluation, and at least 1: 0.29 of 100 is 29, 0.3 of 3 is 1.
        """
        allowed = float(f"{self.amount * fraction:.12g}")  # without the digits of rounding
        return allowed if self.unit == "seconds" else max(1.0, float(math.floor(allowed)))

    def spent(self, seconds: float, meter: "Meter") -> float:
        """How much of this budget's unit has been used."""
        return seconds if self.unit == "seconds" else float(meter.counts()[self.unit])


def budget_text(amount: float, unit: str) -> str:
    """Write a budget for people, as in `15 s` or `1,000,000 evaluations`; fractions of one to 12 digits."""
    return f"{_plain(Decimal(f'{amount:.12g}'), ',')} {UNITS[unit]}"


def _plain(number: Decimal, grouping: str = "") -> str:
    """A number without an exponent and without zeros after the point."""
    text = format(number, f"{grouping}f")
    return text.rstrip("0").rstrip(".") if "." in text else text
