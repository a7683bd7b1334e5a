"""Noise on the sphere where Gaussian noise lies: neighbours at a given angle, and the way back to it."""

import torch
from torch import Generator, Tensor


def neighbours(pivot: Tensor, cosine: float, count: int, generator: Generator) -> Tensor:
    """Noise `(count, *pivot.shape)` of the pivot's norm at a cosine similarity to it, in random directions.

    `|z| (c z / |z| + sqrt(1 - c^2) w)` with w a random unit vector orthogonal to z (Ma et al. 2025,
    https://arxiv.org/abs/2501.09732).
    """
    drawn = torch.randn((count, pivot.numel()), generator=generator, device=pivot.device, dtype=pivot.dtype)
    along = pivot.flatten()
    norm = along.norm()
    across = drawn - torch.outer(drawn @ along, along) / norm**2
    across = across / across.norm(dim=1, keepdim=True)
    found: Tensor = cosine * along + (1 - cosine**2) ** 0.5 * norm * across
    return found.view(count, *pivot.shape)


def onto_sphere(noise: Tensor) -> Tensor:
    """Noise `(n, ...)` scaled to norm sqrt(d), where a standard normal vector of d numbers lies but for O(1)."""
    flat = noise.flatten(1)
    scaled: Tensor = flat / flat.norm(dim=1, keepdim=True) * flat.shape[1] ** 0.5
    return scaled.view_as(noise)
