"""Along the levels of noise and back: on by the deterministic sampler, back by the forward process."""

import math
from collections.abc import Generator

from torch import Tensor

from bench.problem import Sampler


def denoised(sampler: Sampler, latent: Tensor, level: int, end: int) -> Generator[None, float, tuple[Tensor, Tensor]]:
    """The latents at level `end` by the ODE from those at `level`, and the last prediction of the clean ones.

    Level i lies before step i, so that `steps` is the clean end; all latents are `(n, *latent_shape)`. Looks up after
    each step.
    """
    for step in range(level, end):
        eps, x0 = sampler.predict(latent, step)
        latent = sampler.alphas[step + 1] * x0 + sampler.sigmas[step + 1] * eps
        yield None
    return latent, x0


def renoised(sampler: Sampler, latent: Tensor, level: int, noisier: int, noise: Tensor) -> Tensor:
    """Latents of `level` at a noisier level: what the forward process makes of them with standard normal `noise`."""
    scale = sampler.alphas[noisier] / sampler.alphas[level]
    added = math.sqrt(sampler.sigmas[noisier] ** 2 - (scale * sampler.sigmas[level]) ** 2)
    return scale * latent + added * noise
