"""The image processing in front of vision towers, differentiable: resize with antialiasing, crop or pad, normalise.

Pillow does the same; `interpolate(antialias=True)` uses its filters (bicubic with a = -0.5), so that the two differ
where Pillow rounds to 8 bits only. There is no torchvision in it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import interpolate, pad

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)

Filter = Literal["bicubic", "bilinear"]


def shortest_side_cropped(
    images: Tensor, size: int, mode: Filter = "bicubic", corner: Callable[[float], int] = round
) -> Tensor:
    """Resize the shortest side to `size` and cut the centre out: `(n, 3, H, W)` to `(n, 3, size, size)` in [0, 1].

    The longer side is truncated; half a pixel at the crop's corner is rounded in one of two ways.

    Args:
        images: nominally in [0, 1].
        size: height and width of the result.
        mode: the filter.
        corner: `round` as torchvision and so OpenAI's code do it, `int` as transformers does.
    """
    height, width = images.shape[-2:]
    shortest = min(height, width)
    # Clamped: a bicubic filter overshoots [0, 1], which Pillow's 8 bits cannot hold.
    resized = _resize(images, size * height // shortest, size * width // shortest, mode).clamp(0, 1)
    top, left = (corner((extent - size) / 2) for extent in resized.shape[-2:])
    return resized[..., top : top + size, left : left + size]


def longest_side_padded(images: Tensor, size: int, mode: Filter = "bicubic") -> Tensor:
    """Resize the longest side to `size` and pad with black: `(n, 3, H, W)` to `(n, 3, size, size)`.

    Not clamped: HPSv2 resizes floating-point images, so that a bicubic overshoot stays.
    """
    height, width = images.shape[-2:]
    longest = max(height, width)
    resized = _resize(images, round(size * height / longest), round(size * width / longest), mode)
    missing_height, missing_width = (size - extent for extent in resized.shape[-2:])
    top, left = missing_height // 2, missing_width // 2
    return pad(resized, (left, missing_width - left, top, missing_height - top))


def normalised(images: Tensor, mean: Sequence[float] = CLIP_MEAN, std: Sequence[float] = CLIP_STD) -> Tensor:
    """Images `(n, 3, H, W)` in [0, 1], minus the channels' mean, over their standard deviation."""
    return (images - channels(tuple(mean), images.device)) / channels(tuple(std), images.device)


@cache
def channels(values: tuple[float, ...], device: torch.device) -> Tensor:
    """A number a channel, `(1, channels, 1, 1)` float32, copied to the device once."""
    return torch.tensor(values, device=device).view(1, -1, 1, 1)


def _resize(images: Tensor, height: int, width: int, mode: Filter) -> Tensor:
    if images.shape[-2:] == (height, width):
        return images
    resized: Tensor = interpolate(images, (height, width), mode=mode, antialias=True)
    return resized
