"""How well or badly an image compresses (DDPO, Black et al. 2023, https://arxiv.org/abs/2305.13301)."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import torch
from PIL import Image
from torch import Tensor

from bench.registry import register_reward

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
    pixels = (images.detach().clamp(0, 1) * 255).round().to("cpu", torch.uint8)
    sizes = [_jpeg_bytes(image) for image in pixels.movedim(1, -1).contiguous()]
    return torch.tensor(sizes, dtype=torch.float32, device=images.device) / 1000


def _jpeg_bytes(image: Tensor) -> int:
    buffer = BytesIO()
    Image.fromarray(image.numpy()).save(buffer, "JPEG", quality=95)
    return buffer.tell()
