"""A weighted sum of rewards (ReNO, Eyring et al. 2024, https://arxiv.org/abs/2406.04312)."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from bench.errors import InputError
from bench.registry import ANY_MEDIUM, REWARDS, Composite, Reward, register_reward
from bench.scoring.parts import black_boxes
from bench.weights.source import Source, sources_of


@register_reward(
    "sum",
    differentiable=True,
    range=None,
    paper="https://arxiv.org/abs/2406.04312",
    licence="those of its parts",
    weights="those of its parts",
    media=ANY_MEDIUM,  # what its parts can score is asked of them
)
@dataclass(frozen=True)
class WeightedSum(Composite):
    """Several rewards, each times its weight, added up; differentiable if all of them are.

    A suite writes it as `reward: {brightness: 0.5, contrast: 2}`.

    Attributes:
        of: names of rewards to their weights, or to a mapping of `weight` and the reward's own options.
    """

    of: dict[str, float | dict[str, Any]]

    def __post_init__(self) -> None:
        if not self.of:
            raise InputError("needs at least one part, such as `of: {brightness: 0.5, contrast: 2}`")
        _ = self.weights, self.parts  # what cannot be made is an error now

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """What each reward is multiplied by."""
        return {name: _weight(name, part) for name, part in self.of.items()}

    @cached_property
    def parts(self) -> Mapping[str, Reward]:
        """The rewards that are added up."""
        return {name: REWARDS.get(name).create(_options(part)) for name, part in self.of.items()}

    @cached_property
    def _gives_gradient(self) -> bool:
        return not black_boxes("sum", self)

    def sources(self) -> list[Source]:
        """What the parts need, each once."""
        return list(dict.fromkeys(source for part in self.parts.values() for source in sources_of(part)))

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of whatever all parts can score; without a gradient if one of them has none."""
        scores = [self.weights[name] * part(samples, prompts) for name, part in self.parts.items()]
        total = torch.stack(scores).sum(0)
        return total if self._gives_gradient else total.detach()


def _weight(name: str, part: float | dict[str, Any]) -> float:
    weight = part.get("weight") if isinstance(part, dict) else part
    if not isinstance(weight, int | float) or not abs(weight) <= sys.float_info.max:
        raise InputError(f"the weight of {name!r} must be a finite number (got {weight!r})")
    return weight


def _options(part: float | dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "weight"} if isinstance(part, dict) else {}
