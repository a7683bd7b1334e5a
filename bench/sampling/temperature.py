"""How much reward counts against probability: a number, or what the reward's own spread suggests."""

from collections.abc import Generator
from typing import Literal

import torch

from bench.problem import Candidates, Problem
from bench.sampling.scored import scored

Temperature = float | Literal["auto"]
"""alpha in p(x) exp(r(x) / alpha); "auto" is the standard deviation of the reward over the model's first samples."""

SAMPLES = 8
_ROUNDING = 1e-6  # of float32, in which a reward that is the same for all samples may differ a little


def check_temperature(value: Temperature) -> None:
    """Refuse a temperature that makes no sense.

    Raises:
        ValueError: says what is allowed.
    """
    if value != "auto" and value <= 0:
        raise ValueError(f"temperature must be positive, or auto, got {value}")


def measured(problem: Problem, temperature: Temperature, batch: int) -> Generator[Candidates, float, float]:
    """The temperature as a number; where it is measured, on the clock, its samples are offered, `batch` at a time.

    Raises:
        FloatingPointError: all samples earn the same, which says nothing of the reward's scale.
    """
    if temperature != "auto":
        return temperature
    parts = []
    for first in range(0, SAMPLES, batch):
        offered = scored(problem, problem.draw_noise(min(batch, SAMPLES - first)))
        yield offered
        parts.append(offered.rewards)
    rewards = torch.cat(parts).double()
    spread = float(rewards.std())
    if spread <= _ROUNDING * max(1.0, abs(float(rewards.mean()))):
        raise FloatingPointError(f"the first {SAMPLES} samples earn the same reward; give a temperature as a number")
    return spread
