"""The ring of DNO's official tutorial: points at a uniform angle, their radius uniform in [0.8, 1.2]."""

from math import pi

import torch
from torch import Generator, Tensor

INNER, OUTER = 0.8, 1.2


def sample_ring(n: int, generator: Generator) -> Tensor:
    """Points of the ring, `(n, 2)` float32."""
    angle = 2 * pi * torch.rand(n, generator=generator)
    radius = INNER + (OUTER - INNER) * torch.rand(n, generator=generator)
    return radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)


def distance_to_ring(points: Tensor) -> Tensor:
    """Distance `(n,)` of points `(n, 2)` to the nearest point of the ring, 0 on it: the exact support distance."""
    radius = points.norm(dim=1)
    return torch.maximum(INNER - radius, radius - OUTER).clamp_min(0)
