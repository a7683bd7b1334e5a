"""Variance of the pixels (DNO's code, https://github.com/TZW1998/Direct-Noise-Optimization: "contrast").

On the decoder's own scale [-1, 1] and not clamped, as DNO's code has it, but one value an image where that code has one
for the whole batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import TensorReward, register_reward


@register_reward("contrast", differentiable=True, range=(0, 9), paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class Contrast(TensorReward):
    """How far light and dark are apart: the variance over pixels of the sum of the channels in [-1, 1]."""

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """Nothing: the prompt is not asked for."""
        return ()

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`."""
        return (2 * samples - 1).sum(1).flatten(1).var(1)
