"""Agreement of image and caption by the embedded CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import TensorReward, register_reward
from bench.scoring.clip import cosines
from bench.scoring.emoji_clip import image_features, load_emoji_clip


@register_reward(
    "emoji-alignment",
    differentiable=True,
    range=(-1, 1),
    paper="https://arxiv.org/abs/2103.00020",
    weights="in the package: bench/models/emoji/weights",
    media=("emoji",),
)
@dataclass(frozen=True)
class EmojiAlignment(TensorReward):
    """Cosine similarity of image and caption under the CLIP that was trained with the `emoji` model."""

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """The captions' embeddings, `(n, d)`."""
        return (load_emoji_clip(device).text_features(prompts),)

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, 32, 32)`."""
        (text,) = told
        return cosines(image_features(samples), text)
