"""Noise on the spheres where Gaussian noise lies, row by row: neighbours at a given angle, and the way back to them.

Each row of a noise `(n, steps + 1, *latent_shape)` enters the sampler by itself, so each keeps a norm of its own: over
all rows together the norm would flow into those that earn most, far from where the model's latents lie.
"""

import torch
from torch import Generator, Tensor

from bench.problem import Prediction, Sampler


def searched_rows(sampler: Sampler) -> list[int]:
    """The rows of a noise that a sample depends on: the initial latent, and those of steps that inject noise."""
    nothing = torch.zeros(1, *sampler.latent_shape)
    injected = [sampler.transition(Prediction(nothing, nothing), step).std for step in range(sampler.steps)]
    return [0, *(step + 1 for step, std in enumerate(injected) if std > 0)]


def with_rows(noise: Tensor, rows: list[int], values: Tensor) -> Tensor:
    """`(n, steps + 1, ...)`: the noise `(1, steps + 1, ...)` with `rows` replaced by `(n, len(rows), ...)`."""
    found = noise.repeat(len(values), *[1] * (noise.dim() - 1))
    found[:, rows] = values
    return found


def neighbours(pivot: Tensor, cosine: float, count: int, generator: Generator) -> Tensor:
    """Noise `(count, rows, ...)` at a cosine similarity to the pivot `(rows, ...)`, in random directions.

    Each row is `|z| (c z / |z| + sqrt(1 - c^2) w)` with z the pivot's, so of its norm, and w a random unit vector
    orthogonal to it (Ma et al. 2025, https://arxiv.org/abs/2501.09732).
    """
    along = pivot.flatten(1)
    drawn = torch.randn((count, *along.shape), generator=generator, device=pivot.device, dtype=pivot.dtype)
    norm = along.norm(dim=1, keepdim=True)
    across = drawn - (drawn * along).sum(2, keepdim=True) * along / norm**2
    across = across / across.norm(dim=2, keepdim=True)
    found: Tensor = cosine * along + (1 - cosine**2) ** 0.5 * norm * across
    return found.view(count, *pivot.shape)


def onto_sphere(noise: Tensor) -> Tensor:
    """Noise `(n, rows, ...)`, each row scaled to norm sqrt(d), where d standard normal numbers lie but for O(1)."""
    flat = noise.flatten(2)
    scaled: Tensor = flat / flat.norm(dim=2, keepdim=True) * flat.shape[2] ** 0.5
    return scaled.view_as(noise)
