"""The distributions of DAS's notebooks (Kim et al. 2025, https://arxiv.org/abs/2501.05803; krafton-ai/DAS, 2f4b223)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import torch
from torch import Tensor

from bench.models.mixture.presets import SPREAD as VARIANCE
from bench.problem.seeding import stream

SPREAD = 0.3
"""Standard deviation of the noise around the Swiss roll."""

LATTICE = [(x, y) for y in (4.0, 0.0, -4.0) for x in (-4.0, 0.0, 4.0)]
CIRCLE = [(4 * cos(eighth * pi / 4), 4 * sin(eighth * pi / 4)) for eighth in range(4, -4, -1)]


def gmm_1(n: int, seed: int) -> Tensor:
    """Nine Gaussians on a square lattice, `(n, 2)` float32."""
    return _mixture(LATTICE, n, seed)


def gmm_2(n: int, seed: int) -> Tensor:
    """Eight Gaussians on a circle, `(n, 2)` float32."""
    return _mixture(CIRCLE, n, seed)


def _mixture(means: Sequence[tuple[float, float]], n: int, seed: int) -> Tensor:
    """A component and a point in turn from numpy's legacy stream, so that seed 42 gives the notebooks' points."""
    numbers = np.random.RandomState(seed)
    drawn = [(numbers.randint(0, len(means)), *numbers.standard_normal(2)) for _ in range(n)]
    which, normal = np.array([one[0] for one in drawn]), np.array([one[1:] for one in drawn])
    return torch.from_numpy(np.array(means)[which] + VARIANCE**0.5 * normal).float()


def swiss_roll(n: int, seed: int) -> Tensor:
    """A rolled sheet, its axis z in [-3, 3], with noise around it, `(n, 3)` float32."""
    generator = stream("das-toy", "swiss-roll", seed)
    turn = 3 * pi * (0.5 + torch.rand(n, generator=generator))
    along = 6 * torch.rand(n, generator=generator) - 3
    sheet = torch.stack([turn * turn.cos() / 2, turn * turn.sin() / 2, along], dim=1)
    return sheet + SPREAD * torch.randn(n, 3, generator=generator)


@dataclass(frozen=True)
class Data:
    """A distribution and the published training on it.

    Attributes:
        draw: from a number and a seed, independent points `(n, dimensions)` float32.
        dimensions: coordinates of a point.
        points: how many the network is trained on.
        epochs: how often it sees all of them.
    """

    draw: Callable[[int, int], Tensor]
    dimensions: int
    points: int
    epochs: int


DATA = {
    "gmm-1": Data(gmm_1, dimensions=2, points=100_000, epochs=1000),
    "gmm-2": Data(gmm_2, dimensions=2, points=100_000, epochs=1000),
    "swiss-roll": Data(swiss_roll, dimensions=3, points=10_000, epochs=5000),
}
