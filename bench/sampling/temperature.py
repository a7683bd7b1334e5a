"""How much reward counts against probability: a number, or what the reward's own spread suggests."""

from collections.abc import Generator
from typing import Literal

from bench.problem import Candidates, Problem
from bench.sampling.scored import scored

Temperature = float | Literal["auto"]
"""alpha in p(x) exp(r(x) / alpha); "auto" is the standard deviation of the reward over the model's first samples."""

SAMPLES = 8


def check_temperature(value: Temperature) -> None:
    """Refuse a temperature that makes no sense.

    Raises:
        ValueError: says what is allowed.
    """
    if value != "auto" and value <= 0:
        raise ValueError(f"temperature must be positive, or auto, got {value}")


def measured(problem: Problem, temperature: Temperature) -> Generator[Candidates, float, float]:
    """The temperature as a number; where it is measured, on the clock, its samples are offered.

    Raises:
        FloatingPointError: all samples earn the same, which says nothing of the reward's scale.
    """
    if temperature != "auto":
        return temperature
    offered = scored(problem, problem.draw_noise(SAMPLES))
    yield offered
    spread = float(offered.rewards.std())
    if spread == 0:
        raise FloatingPointError(f"the first {SAMPLES} samples earn the same reward; give a temperature as a number")
    return spread
