"""The reward of DNO's tutorial on points of the plane (official repository, tutorial/simple_dno.ipynb)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

from torch import Tensor

from bench.registry import register_reward


@register_reward(
    "ring-waves", differentiable=True, range=(-3, 3), paper="https://arxiv.org/abs/2405.18881", media=("points",)
)
@dataclass(frozen=True)
class RingWaves:
    """Waves over the plane, sin(4 pi x) + sin(4 pi y) - ((x - 1)^2 - y^2) / 5."""

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of points `(n, 2)`."""
        x, y = samples.unbind(1)
        return (4 * pi * x).sin() + (4 * pi * y).sin() - ((x - 1) ** 2 - y**2) / 5
