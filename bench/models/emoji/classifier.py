"""The independent judge: a small CNN that names noun, tint and background, trained apart from CLIP and autoencoder."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from bench.models.emoji.captions import parse
from bench.models.emoji.paths import FOLDER
from bench.models.emoji.vocabulary import COLORS, NOUNS

TINTS = [*COLORS, "natural"]


class Verdict(NamedTuple):
    """Log-probabilities.

    Attributes:
        noun: `(n, nouns)`.
        tint: `(n, 12)`: the colour words, then natural.
        background: `(n, 11)`.
    """

    noun: Tensor
    tint: Tensor
    background: Tensor


class Classifier(nn.Module):
    """Images `(n, 3, 32, 32)` in [0, 1] to a verdict."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 24, 48, 96, 128)
        blocks = [self._block(i, o) for i, o in pairwise(widths)]
        self.features = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(128 * 4, 192), nn.SiLU())
        self.heads = nn.ModuleList(nn.Linear(192, n) for n in (len(NOUNS), len(TINTS), len(COLORS)))

    @staticmethod
    def _block(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1), nn.GroupNorm(8, outputs), nn.SiLU(), nn.MaxPool2d(2)
        )

    def forward(self, images: Tensor) -> Verdict:
        """The verdict on each image."""
        features = self.features(images)
        return Verdict(*(head(features).log_softmax(1) for head in self.heads))


@cache
def load(device: torch.device) -> Classifier:
    """The trained classifier."""
    classifier = Classifier()
    weights = load_file(FOLDER / "classifier" / "model.safetensors")
    classifier.load_state_dict({name: value.float() for name, value in weights.items()})
    return classifier.to(device).eval().requires_grad_(False)


def adherence(images: Tensor, captions: Sequence[str]) -> Tensor:
    """Probability that an image shows what its caption names: noun, tint, and background if it names one.

    Args:
        images: `(n, 3, 32, 32)`, nominally in [0, 1], clamped.
        captions: one an image; a caption without a tint means natural colours.

    Returns:
        Products of the probabilities, `(n,)`.

    Raises:
        ValueError: a caption is not one of the model's.
    """
    verdict = load(images.device)(images.clamp(0, 1))
    logs = []
    for i, allowed in enumerate(map(parse, captions)):
        log = verdict.noun[i, NOUNS.index(allowed.noun)] + verdict.tint[i, TINTS.index(allowed.tint or "natural")]
        if allowed.background:
            log = log + verdict.background[i, COLORS.index(allowed.background)]
        logs.append(log)
    return torch.stack(logs).exp()
