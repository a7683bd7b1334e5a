"""CLIPScore (Hessel et al. 2021, https://arxiv.org/abs/2104.08718), as torchmetrics has it but differentiable."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import TensorReward, option, register_reward
from bench.scoring.clip import OPENAI_VIT_L, Clip, clip_folder, cosines, load_clip
from bench.weights.source import Source


@register_reward(
    "clipscore",
    differentiable=True,
    range=(0, 100),
    paper="https://arxiv.org/abs/2104.08718",
    licence="MIT",
    weights="hub: openai/clip-vit-large-patch14",
)
@dataclass(frozen=True)
class ClipScore(TensorReward):
    """100 times the cosine similarity of image and prompt under CLIP ViT-L/14, at least 0.

    torchmetrics cuts a prompt of more than 77 tokens off before its end token, which makes all such prompts alike; here
    the end token stays, as in OpenAI's code.
    """

    clip: str = option(OPENAI_VIT_L, source="torchmetrics' default; a hub id, or a folder in its layout")

    def sources(self) -> list[Source]:
        """The CLIP."""
        return [clip_folder(self.clip)]

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """The prompts' embeddings, `(n, d)`."""
        return (self._clip(device).text_features(prompts),)

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped; shortest side resized, centre cropped."""
        (text,) = told
        return 100 * cosines(self._clip(samples.device).image_features(samples), text).relu()

    def _clip(self, device: torch.device) -> Clip:
        folder = clip_folder(self.clip)
        return load_clip(folder, folder, device)
