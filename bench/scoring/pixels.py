"""Images as they are displayed, as 8-bit files hold them, and as Pillow does."""

import torch
from PIL import Image
from torch import Tensor


def displayed(samples: Tensor) -> Tensor:
    """Images `(n, 3, H, W)`, nominally in [0, 1], clamped to it.

    Raises:
        ValueError: the samples are no images.
    """
    if samples.ndim != 4 or samples.shape[1] != 3:
        raise ValueError(f"it judges images (n, 3, H, W), these samples are {tuple(samples.shape)}")
    return samples.detach().clamp(0, 1)


def as_bytes(samples: Tensor) -> Tensor:
    """The images as PNG files hold them: uint8 `(n, 3, H, W)`, rounded (see `displayed` for what is refused)."""
    return (displayed(samples) * 255).round().to(torch.uint8)


def pil_images(samples: Tensor) -> list[Image.Image]:
    """The images `as_bytes`, as Pillow holds them."""
    return [Image.fromarray(image.numpy()) for image in as_bytes(samples).cpu().movedim(1, -1).contiguous()]
