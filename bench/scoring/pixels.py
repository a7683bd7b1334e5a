"""What metrics of images share: the image as it is displayed, and stored."""

import torch
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
