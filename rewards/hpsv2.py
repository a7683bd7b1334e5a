"""Human Preference Score v2 and v2.1 (Wu et al. 2023, https://arxiv.org/abs/2306.09341), differentiable."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from bench.registry import TensorReward, option, register_reward
from bench.scoring.clip import LAION_VIT_H, Clip, cosines, tokenizer_folder
from bench.scoring.open_clip import load_open_clip
from bench.scoring.preprocess import longest_side_padded
from bench.weights.hub import HubFile
from bench.weights.source import Source

_PAPER = "https://arxiv.org/abs/2306.09341"


@register_reward(
    "hpsv2",
    differentiable=True,
    range=(0.1, 0.4),
    paper=_PAPER,
    weights="hub: xswu/HPSv2, HPS_v2_compressed.pt",
)
@dataclass(frozen=True)
class HPSv2(TensorReward):
    """HPSv2: cosine similarity of image and prompt under a CLIP ViT-H/14 tuned on preferences.

    The same score as the package hpsv2 with `hps_version="v2.0"`; tables often show 100 times it.
    """

    checkpoint: str = option(
        "xswu/HPSv2@697403c78157020a1ae59d23f111aa58ced35b0a",
        source="the authors' own; a hub id, or the path of the checkpoint",
    )
    tokenizer: str = option(LAION_VIT_H, source="the CLIP that was tuned; a hub id, or a folder with a tokenizer")

    file: ClassVar[str] = "HPS_v2_compressed.pt"

    def sources(self) -> list[Source]:
        """The checkpoint and the tokenizer, which it does not hold."""
        return [HubFile.named(self.checkpoint, self.file), tokenizer_folder(self.tokenizer)]

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """The prompts' embeddings, `(n, d)`."""
        return (self._clip(device).text_features([_cleaned(prompt) for prompt in prompts]),)

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped; longest side resized, the rest black."""
        (text,) = told
        return cosines(self._clip(samples.device).image_features(samples, longest_side_padded), text)

    def _clip(self, device: torch.device) -> Clip:
        checkpoint, tokenizer = HubFile.named(self.checkpoint, self.file), tokenizer_folder(self.tokenizer)
        return load_open_clip(checkpoint, tokenizer, device)


@register_reward(
    "hpsv2.1",
    differentiable=True,
    range=(0.1, 0.4),
    paper=_PAPER,
    weights="hub: xswu/HPSv2, HPS_v2.1_compressed.pt",
)
@dataclass(frozen=True)
class HPSv21(HPSv2):
    """HPSv2.1: HPSv2's score from a later checkpoint, not comparable with v2.

    The same score as the package hpsv2 with `hps_version="v2.1"`; tables often show 100 times it.
    """

    file: ClassVar[str] = "HPS_v2.1_compressed.pt"


def _cleaned(prompt: str) -> str:
    """As open_clip's tokenizer begins: broken Unicode mended, HTML entities resolved, twice."""
    import ftfy

    return html.unescape(html.unescape(ftfy.fix_text(prompt)))
