"""Truth about images of the embedded model, whose distribution is known: alignment and adherence."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.models.emoji.classifier import adherence
from bench.registry import register_metric
from bench.scoring.emoji_clip import alignment

_CARD = "bench/models/emoji/README.md"


@register_metric("alignment", higher_is_better=True, paper="https://arxiv.org/abs/2103.00020", media=("emoji",))
@dataclass(frozen=True)
class Alignment:
    """Cosine similarity of image and prompt under the embedded CLIP."""

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """One column for images `(n, 3, 32, 32)`."""
        return {"alignment": alignment(samples, prompts)}


@register_metric("adherence", higher_is_better=True, paper=_CARD, media=("emoji",))
@dataclass(frozen=True)
class Adherence:
    """Probability that the image shows the prompt's noun, colour and background, by an independent classifier."""

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """One column for images `(n, 3, 32, 32)`."""
        return {"adherence": adherence(samples, prompts)}
