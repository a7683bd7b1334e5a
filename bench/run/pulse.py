"""Signs of life of a cell, for the process that watches over it: code that hangs is counted by a clock alone."""

import time
from collections.abc import MutableSequence, Sequence
from typing import NamedTuple, get_args

import torch

from bench.run.clock import Phase
from bench.suite.budget import Budget, budget_text

POLL = 1.0
"""Seconds between two looks at the signs of another process."""
SECOND, MINUTE = 1.0, 60.0
"""What a budget counts for at least: while its method is at work, and anywhere else."""
SIGNS = 3
"""How many numbers they are: when the last one was given, the seconds that a budget counts for since, the phase."""
_PHASES: tuple[Phase, ...] = get_args(Phase)


class Pulse:
    """Gives a sign at each change of phase, and so at each yield of a method.

    A silence is counted in budgets. While a method is at work, a budget in seconds counts for its own. One that is
    counted in something else counts for the seconds that it would take at the pace of the warm-up, and for a minute
    at least: a method that hangs asks for nothing, and its own unit stands still. Elsewhere (a model is loaded, a
    GPU's kernels are compiled, a result is measured) a budget says little of how long things take, and counts for a
    minute at least.

    Args:
        signs: where they are written, `SIGNS` numbers; another process may read them.
    """

    def __init__(self, signs: MutableSequence[float] | None = None) -> None:
        self._signs = [0.0] * SIGNS if signs is None else signs
        self._seconds = 0.0
        self._least: dict[Phase, float] = {}

    def begin(self, budget: Budget, device: torch.device) -> None:
        """A cell begins on a device; its first phase is the first sign."""
        timed = budget.unit == "seconds"
        self._seconds = budget.amount if timed else 0.0
        self._least = {"method": SECOND} if timed else {}
        if timed and device.type == "cpu":  # where a warm-up compiles nothing
            self._least["warm_up"] = SECOND

    def expect(self, seconds: float) -> None:
        """The warm-up has shown how long the whole budget takes, 0 if it has not."""
        self._seconds = max(self._seconds, seconds)

    def beat(self, phase: Phase) -> None:
        """A phase begins, or a method has yielded in it."""
        self._signs[0] = time.monotonic()  # first: who reads between two of these lines finds a short silence
        self._signs[1] = max(self._seconds, self._least.get(phase, MINUTE))
        self._signs[2] = _PHASES.index(phase)


class Silence(NamedTuple):
    """How long no sign was given.

    Attributes:
        seconds: since the last one.
        budgets: the same in budgets.
        phase: of the cell.
    """

    seconds: float
    budgets: float
    phase: Phase

    def __str__(self) -> str:
        length = budget_text(float(f"{self.seconds:.3g}"), "seconds")
        return f"{length} ({self.phase.replace('_', '-')}), {self.budgets:.3g} budgets"


class Listener:
    """Counts how long a cell has been silent, by the time in which this process ran itself: Ctrl-Z stops both.

    Args:
        signs: of the cell's `Pulse`.
    """

    def __init__(self, signs: Sequence[float]) -> None:
        self._signs = signs
        self._heard, self._seconds, self._looked = signs[0], 0.0, time.monotonic()

    def listen(self) -> Silence:
        """The silence until now; to be asked every `POLL` seconds."""
        now, (heard, budget, phase) = time.monotonic(), self._signs
        waited = min(now - self._looked, 2 * POLL)
        self._seconds = self._seconds + waited if heard == self._heard else 0.0
        self._heard, self._looked = heard, now
        return Silence(self._seconds, self._seconds / budget, _PHASES[int(phase)])
