"""Mean pixel value and its negative (DNO, https://arxiv.org/abs/2405.18881: "white" and "black").

On the decoder's own scale [-1, 1] and not clamped, as DNO's code has it: 2 mean(image) - 1 for images in [0, 1].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import TensorReward, register_reward

_PAPER = "https://arxiv.org/abs/2405.18881"


@register_reward("brightness", differentiable=True, range=(-1, 1), paper=_PAPER)
@dataclass(frozen=True)
class Brightness(TensorReward):
    """How bright an image is: -1 black, 1 white."""

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """Nothing: the prompt is not asked for."""
        return ()

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`."""
        return 2 * samples.flatten(1).mean(1) - 1


@register_reward("darkness", differentiable=True, range=(-1, 1), paper=_PAPER)
@dataclass(frozen=True)
class Darkness(TensorReward):
    """How dark an image is: -1 white, 1 black."""

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """Nothing: the prompt is not asked for."""
        return ()

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`."""
        return 1 - 2 * samples.flatten(1).mean(1)
