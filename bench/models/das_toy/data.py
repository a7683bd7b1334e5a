"""The distributions of DAS's notebooks (Kim et al. 2025, https://arxiv.org/abs/2501.05803; krafton-ai/DAS, 2f4b223)."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import torch
from torch import Generator, Tensor

from bench.models.mixture.presets import das_gmm_1, das_gmm_2

SPREAD = 0.3
"""Standard deviation of the noise around the Swiss roll."""


def gmm_1(n: int, generator: Generator) -> Tensor:
    """Nine Gaussians on a square lattice, `(n, 2)` float32."""
    return das_gmm_1().draw(n, generator).float()


def gmm_2(n: int, generator: Generator) -> Tensor:
    """Eight Gaussians on a circle, `(n, 2)` float32."""
    return das_gmm_2().draw(n, generator).float()


def swiss_roll(n: int, generator: Generator) -> Tensor:
    """A rolled sheet, its axis z in [-3, 3], with noise around it, `(n, 3)` float32."""
    turn = 3 * pi * (0.5 + torch.rand(n, generator=generator))
    along = 6 * torch.rand(n, generator=generator) - 3
    sheet = torch.stack([turn * turn.cos() / 2, turn * turn.sin() / 2, along], dim=1)
    return sheet + SPREAD * torch.randn(n, 3, generator=generator)


@dataclass(frozen=True)
class Data:
    """A distribution and the published training on it.

    Attributes:
        draw: independent points `(n, dimensions)` float32.
        dimensions: coordinates of a point.
        points: how many the network is trained on.
        epochs: how often it sees all of them.
    """

    draw: Callable[[int, Generator], Tensor]
    dimensions: int
    points: int
    epochs: int


DATA = {
    "gmm-1": Data(gmm_1, dimensions=2, points=100_000, epochs=1000),
    "gmm-2": Data(gmm_2, dimensions=2, points=100_000, epochs=1000),
    "swiss-roll": Data(swiss_roll, dimensions=3, points=10_000, epochs=5000),
}
