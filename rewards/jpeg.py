"""How well or badly an image compresses (DDPO, Black et al. 2023, https://arxiv.org/abs/2305.13301)."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import torch
from PIL import Image
from torch import Tensor

from bench.registry import register_reward
from bench.scoring.pixels import pil_images

_PAPER = "https://arxiv.org/abs/2305.13301"


@register_reward("jpeg-compressibility", differentiable=False, range=(-500, 0), paper=_PAPER)
@dataclass(frozen=True)
class JpegCompressibility:
    """Minus the size of the image as a JPEG file of quality 95, in kB (1000 bytes)."""

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped to [0, 1] and rounded to 8 bits."""
        return -_kilobytes(samples)


@register_reward("jpeg-incompressibility", differentiable=False, range=(0, 500), paper=_PAPER)
@dataclass(frozen=True)
class JpegIncompressibility:
    """The size of the image as a JPEG file of quality 95, in kB (1000 bytes)."""

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped to [0, 1] and rounded to 8 bits."""
        return _kilobytes(samples)


def _kilobytes(images: Tensor) -> Tensor:
    sizes = [_jpeg_bytes(image) for image in pil_images(images)]
    return torch.tensor(sizes, dtype=torch.float32, device=images.device) / 1000


def _jpeg_bytes(image: Image.Image) -> int:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.tell()
