"""Agreement of image and caption by the embedded CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020)."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.registry import register_reward
from bench.scoring.emoji_clip import alignment


@register_reward(
    "emoji-alignment",
    differentiable=True,
    range=(-1, 1),
    paper="https://arxiv.org/abs/2103.00020",
    weights="in the package: bench/models/emoji/weights",
    media=("emoji",),
)
@dataclass(frozen=True)
class EmojiAlignment:
    """Cosine similarity of image and caption under the CLIP that was trained with the `emoji` model."""

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of images `(n, 3, 32, 32)`."""
        return alignment(samples, prompts)
