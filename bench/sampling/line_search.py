"""A step along a descent direction by the strong Wolfe conditions (Nocedal & Wright, Numerical Optimization, 2006).

Evaluations are generators: what they yield, such as scored samples, goes at once to whoever pulls the search; what they
return, value and gradient, goes to the search.
"""

from collections.abc import Callable, Generator
from math import copysign, inf, sqrt
from typing import NamedTuple, TypeVar

from torch import Tensor

T = TypeVar("T")
Evaluate = Callable[[Tensor], Generator[T, float, tuple[float, Tensor]]]
"""A point to its value and the gradient there, of the point's shape."""

DECREASE, FLATNESS = 1e-4, 0.9  # c1 and c2: the values that the book gives for quasi-Newton methods
EVALUATIONS = 25  # of one search, as of torch.optim.LBFGS
NEAREST = 1e-9  # in any coordinate: trials nearer to each other are one, as for torch.optim.LBFGS


class Trial(NamedTuple):
    """A point on the line, `step` times the direction away from where it begins.

    Attributes:
        step: at least 0.
        value: of the objective.
        slope: its derivative along the direction.
        gradient: its gradient.
    """

    step: float
    value: float
    slope: float
    gradient: Tensor


def strong_wolfe(
    evaluate: Evaluate[T], start: Tensor, direction: Tensor, here: Trial, step: float, longest: float
) -> Generator[T, float, Trial]:
    """Search for a lower and flatter point (algorithms 3.5 and 3.6); the lowest found where there is none.

    Args:
        evaluate: the objective.
        start: where the line begins.
        direction: in which it goes, of the same shape.
        here: the trial of step 0; its slope is negative.
        step: the first to be tried.
        longest: no step is larger.
    """
    low, high, stalled = here, None, False  # once there is a high, a good step lies between the two
    extent, step = float(direction.abs().max()), min(step, longest)
    for _ in range(EVALUATIONS):
        value, gradient = yield from evaluate(start + step * direction)
        trial, before = Trial(step, value, float((gradient * direction).sum()), gradient), low
        too_high = value > here.value + DECREASE * step * here.slope or value >= low.value
        if not too_high and abs(trial.slope) <= -FLATNESS * here.slope:
            return trial
        low, high = (low, trial) if too_high else (trial, _beyond(low, high, trial))
        if high is None and step < longest:
            step = min(cubic_minimum(before, trial, step + 0.01 * (step - before.step), 10 * step), longest)
        elif high is None or abs(high.step - low.step) * extent < NEAREST:
            break
        else:
            step, stalled = _between(low, high, stalled)
    return low


def cubic_minimum(one: Trial, other: Trial, smallest: float, largest: float) -> float:
    """The step within bounds where the cubic through two trials is lowest (eq. 3.59); the middle where it has none."""
    d1 = one.slope + other.slope - 3 * (one.value - other.value) / (one.step - other.step)
    square = d1**2 - one.slope * other.slope
    d2 = copysign(sqrt(max(square, 0.0)), other.step - one.step)
    denominator = other.slope - one.slope + 2 * d2
    if square < 0 or denominator == 0:
        return (smallest + largest) / 2
    lowest = other.step - (other.step - one.step) * (other.slope + d2 - d1) / denominator
    return min(max(lowest, smallest), largest)


def _beyond(low: Trial, high: Trial | None, trial: Trial) -> Trial | None:
    """The other end of the bracket once `trial`, the lowest yet, is one: the side to which the slope descends."""
    ahead = inf if high is None else high.step - low.step
    return low if trial.slope * ahead >= 0 else high


def _between(low: Trial, high: Trial, stalled: bool) -> tuple[float, bool]:
    """A step inside the bracket, and whether it hugs an end: what does so twice in a row is moved inwards."""
    left, right = sorted((low.step, high.step))
    margin = 0.1 * (right - left)
    step = cubic_minimum(low, high, left, right)
    if left + margin <= step <= right - margin:
        return step, False
    if stalled or not left < step < right:
        return min(max(step, left + margin), right - margin), False
    return step, True
