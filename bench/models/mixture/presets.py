"""Mixtures by name: the two of DAS's notebooks, and one of 64 dimensions."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from bench.models.mixture.distribution import GaussianMixture

SPREAD = 0.3
"""The variance of each component in DAS's notebooks (krafton-ai/DAS, 2f4b223)."""


def das_gmm_1() -> GaussianMixture:
    """Nine components on a square lattice."""
    side = (-4.0, 0.0, 4.0)
    return isotropic(torch.tensor([[x, y] for x in side for y in side], dtype=torch.float64), SPREAD)


def das_gmm_2() -> GaussianMixture:
    """Eight components on a circle of radius 4."""
    angles = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
    return isotropic(4 * torch.stack([angles.cos(), angles.sin()], dim=1), SPREAD)


def gmm_64() -> GaussianMixture:
    """Eight components in 64 dimensions, none of them round: variances from 1 down to 1/100 along axes of its own."""
    generator = torch.Generator().manual_seed(64)
    means = torch.randn(8, 64, generator=generator, dtype=torch.float64)
    axes = torch.linalg.qr(torch.randn(8, 64, 64, generator=generator, dtype=torch.float64)).Q
    variances = torch.logspace(0, -2, 64, dtype=torch.float64)
    return equal(means, (axes * variances) @ axes.mT)


def isotropic(means: Tensor, variance: float) -> GaussianMixture:
    """Equally heavy round components at means `(k, d)`."""
    k, d = means.shape
    return equal(means, variance * torch.eye(d, dtype=means.dtype).expand(k, d, d))


def equal(means: Tensor, covariances: Tensor) -> GaussianMixture:
    """Equally heavy components of means `(k, d)` and covariances `(k, d, d)`."""
    k = len(means)
    return GaussianMixture(torch.full((k,), 1 / k, dtype=means.dtype), means, covariances)


PRESETS: dict[str, Callable[[], GaussianMixture]] = {
    "das-gmm-1": das_gmm_1,
    "das-gmm-2": das_gmm_2,
    "gmm-64": gmm_64,
}
