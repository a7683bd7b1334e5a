"""Who is credited: the sample that stands for a method, and what had been spent when it was offered."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from torch import Tensor

from bench.problem import Candidates


@dataclass(frozen=True)
class Result:
    """A sample that stands for its method.

    Attributes:
        reward: its target reward.
        sample: what the model made, without the batch dimension.
        noise: the noise that makes it, `(steps + 1, *latent_shape)`; None where no noise does.
    """

    reward: float
    sample: Tensor
    noise: Tensor | None


@dataclass
class Incumbent:
    """What a method has been credited with.

    Attributes:
        selects: whether the best sample stands for the method, rather than the latest.
        spent: seconds and counters at the last credited offer.
        step: offers credited so far.
        best: the sample that stands for the method.
        last_reward: the best reward of the last credited offer.
    """

    selects: bool
    spent: Mapping[str, float]
    step: int = 0
    best: Result | None = None
    last_reward: float | None = None

    def credit(self, offered: Candidates, spent: Mapping[str, float]) -> dict[str, float]:
        """Take a checked offer in; the event to be logged, without its `info`."""
        rewards: list[float] = offered.rewards.tolist()  # once: each number by itself would wait for the device
        reward = self.last_reward = max(rewards)
        index = rewards.index(reward)
        if self.best is None or not self.selects or reward > self.best.reward:
            self.best = _result(reward, offered, index)
        self.spent, self.step = spent, self.step + 1
        scores = {"current_reward": reward, "mean_reward": math.fsum(rewards) / len(rewards)}
        return {"step": self.step - 1, **spent, **scores, "best_reward": self.best.reward}


def _result(reward: float, offered: Candidates, index: int) -> Result:
    noise = None if offered.noise is None else offered.noise[index].detach().clone()
    return Result(reward, offered.samples[index].detach().clone(), noise)


def logged_info(info: Mapping[str, Any], note: Callable[[str], None]) -> dict[str, float]:
    """The finite numbers of an offer's `info`, as `info/NAME`; `note` is told the names of what is left out."""
    kept = {}
    for name, value in info.items():
        if isinstance(name, str) and name.isprintable() and isinstance(value, Real) and math.isfinite(value):
            kept[f"info/{name}"] = float(value)
        else:
            note(repr(name))
    return kept
