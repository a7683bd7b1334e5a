"""Agreement of image and caption by the embedded CLIP, differentiable in the image."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from bench.scoring.clip import Clip, cosines, load_tokenizer, load_towers, tokenizer_folder, towers_folder

FOLDER = Path(__file__).parents[1] / "models" / "emoji"
_HALF = (0.5, 0.5, 0.5)  # it was trained on images in [-1, 1]


def alignment(images: Tensor, captions: Sequence[str]) -> Tensor:
    """Cosine similarity of images `(n, 3, 32, 32)`, nominally in [0, 1] and clamped, and their captions: `(n,)`."""
    return cosines(image_features(images), load_emoji_clip(images.device).text_features(captions))


def image_features(images: Tensor) -> Tensor:
    """Unit vectors `(n, d)` of images `(n, 3, 32, 32)`, nominally in [0, 1] and clamped."""
    return load_emoji_clip(images.device).image_features(images, _as_it_is)


@cache
def load_emoji_clip(device: torch.device) -> Clip:
    """The embedded CLIP on `device`."""
    towers = load_towers(towers_folder(str(FOLDER / "clip")), device)
    return Clip(towers, load_tokenizer(tokenizer_folder(str(FOLDER / "weights" / "tokenizer"))), _HALF, _HALF)


def _as_it_is(images: Tensor, size: int) -> Tensor:
    """Never resized: what it says of other images than its own means nothing, and the model refuses their size."""
    return images
