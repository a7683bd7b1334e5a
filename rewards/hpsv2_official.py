"""Human Preference Score v2 and v2.1 by their authors' package (https://github.com/tgxs002/HPSv2), as it is.

Slow, for the package reads its checkpoint anew at every call: it is there to check `hpsv2` and `hpsv2.1` by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import register_reward
from bench.scoring.clip import tokenizer_folder
from bench.scoring.hpsv2_package import load_hpsv2, official_scores, require_hpsv2
from bench.scoring.pixels import pil_images
from bench.weights.hub import HubFile
from rewards.hpsv2 import HPSv2, HPSv21

_PAPER = "https://arxiv.org/abs/2306.09341"


class _Official(HPSv2):
    def __post_init__(self) -> None:
        require_hpsv2()

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped and rounded to 8 bits; half precision on a GPU."""
        package = load_hpsv2(tokenizer_folder(self.tokenizer))
        checkpoint = HubFile.named(self.checkpoint, self.file).find()
        scores = torch.zeros(len(samples))
        images = pil_images(samples)
        for prompt in dict.fromkeys(prompts):
            places = [i for i, other in enumerate(prompts) if other == prompt]
            scores[places] = torch.tensor(official_scores(package, [images[i] for i in places], prompt, checkpoint))
        return scores.to(samples.device)


@register_reward(
    "hpsv2-official",
    differentiable=False,
    range=(0.1, 0.4),
    paper=_PAPER,
    weights="hub: xswu/HPSv2, HPS_v2_compressed.pt",
)
@dataclass(frozen=True)
class HPSv2Official(_Official):
    """HPSv2 by the package hpsv2 itself, without a gradient; slow."""


@register_reward(
    "hpsv2.1-official",
    differentiable=False,
    range=(0.1, 0.4),
    paper=_PAPER,
    weights="hub: xswu/HPSv2, HPS_v2.1_compressed.pt",
)
@dataclass(frozen=True)
class HPSv21Official(_Official, HPSv21):
    """HPSv2.1 by the package hpsv2 itself, without a gradient; slow."""
