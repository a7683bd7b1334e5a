"""Mild blur, brightness and noise: what a generated image may have and a drawn one has not."""

import torch
from torch import Generator, Tensor
from torch.nn.functional import avg_pool2d, pad


def augmented(images: Tensor, generator: Generator) -> Tensor:
    """Images `(n, 3, h, w)`: half of them blurred to some degree, 10 % brighter or darker, noise up to 0.06."""
    n = len(images)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(n, *shape, generator=generator)

    blurred = avg_pool2d(pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
    weight = uniform(1, 1, 1) * (uniform(1, 1, 1) < 0.5)
    brightness = 1 + 0.1 * (2 * uniform(1, 1, 1) - 1)
    noise = torch.randn(images.shape, generator=generator) * 0.06 * uniform(1, 1, 1)
    return torch.lerp(images, blurred, weight) * brightness + noise
