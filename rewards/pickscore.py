"""PickScore (Kirstain et al. 2023, https://arxiv.org/abs/2305.01569): preferences of the users of Pick-a-Pic."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import TensorReward, option, register_reward
from bench.scoring.clip import LAION_VIT_H, Clip, cosines, load_clip, tokenizer_folder, towers_folder
from bench.weights.source import Source


@register_reward(
    "pickscore",
    differentiable=True,
    range=(15, 25),
    paper="https://arxiv.org/abs/2305.01569",
    licence="MIT",
    weights="hub: yuvalkirstain/PickScore_v1",
)
@dataclass(frozen=True)
class PickScore(TensorReward):
    """Cosine of image and prompt under a CLIP ViT-H/14 tuned on preferences, times its logit scale of about 100."""

    clip: str = option(
        "yuvalkirstain/PickScore_v1@a4e4367c6dfa7288a00c550414478f865b875800",
        source="the authors' own; or a folder in its layout",
    )
    tokenizer: str = option(LAION_VIT_H, source="the authors' readme; a hub id, or a folder with a tokenizer")

    def sources(self) -> list[Source]:
        """The CLIP and its tokenizer."""
        return [towers_folder(self.clip), tokenizer_folder(self.tokenizer)]

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """The prompts' embeddings, `(n, d)`."""
        return (self._clip(device).text_features(prompts),)

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped; shortest side resized, centre cropped."""
        clip, (text,) = self._clip(samples.device), told
        return clip.scale * cosines(clip.image_features(samples), text)

    def _clip(self, device: torch.device) -> Clip:
        return load_clip(towers_folder(self.clip), tokenizer_folder(self.tokenizer), device)
