"""Resizing against Pillow's, and cropping and padding against what CLIP's and HPSv2's processors do."""

import numpy as np
import pytest
import torch
from PIL import Image

from bench.scoring.preprocess import CLIP_MEAN, CLIP_STD, longest_side_padded, normalised, shortest_side_cropped

SIZES = [(48, 48), (64, 40), (37, 61), (512, 512), (16, 24)]
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
ROUNDING = 3.5 / 255  # Pillow rounds to 8 bits after each of its two passes


def picture(height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)
    return image, to_tensor(image)


def to_tensor(image):
    return torch.from_numpy(np.asarray(image).copy()).movedim(-1, 0)[None].float() / 255


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", FILTERS)
@pytest.mark.parametrize("corner", [round, int])
def test_the_shortest_side_is_resized_and_the_centre_kept(size, mode, corner):
    image, tensor = picture(*size)
    scale = 32 / min(size)
    resized = image.resize((int(size[1] * scale), int(size[0] * scale)), FILTERS[mode])
    left, top = (corner((extent - 32) / 2) for extent in resized.size)
    expected = to_tensor(resized.crop((left, top, left + 32, top + 32)))
    torch.testing.assert_close(shortest_side_cropped(tensor, 32, mode, corner), expected, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_side_is_resized_and_the_rest_is_black(size):
    """Pillow's floating-point images: neither rounded nor clamped."""
    tensor = picture(*size)[1]
    scale = 32 / max(size)
    width, height = round(size[1] * scale), round(size[0] * scale)
    expected = np.zeros((3, 32, 32), dtype=np.float32)
    for channel, canvas in zip(tensor[0].numpy(), expected, strict=True):
        resized = Image.fromarray(channel).resize((width, height), Image.Resampling.BICUBIC)
        top, left = (32 - height) // 2, (32 - width) // 2
        canvas[top : top + height, left : left + width] = np.asarray(resized)
    np.testing.assert_allclose(longest_side_padded(tensor, 32)[0].numpy(), expected, rtol=0, atol=1e-5)


def test_normalised_channels():
    images = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    expected = (images.numpy() - np.reshape(CLIP_MEAN, (3, 1, 1))) / np.reshape(CLIP_STD, (3, 1, 1))
    np.testing.assert_allclose(normalised(images).numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("process", [shortest_side_cropped, longest_side_padded])
def test_gradients_reach_every_pixel(process):
    images = picture(40, 40)[1].requires_grad_()
    process(images.clamp(0.1, 0.9), 16).sum().backward()
    assert (images.grad != 0).float().mean() > 0.8
