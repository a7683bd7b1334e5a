"""What guidance papers say of a step in terms of abar_t, for any sampler: here a latent is alpha x_0 + sigma eps.

abar is alpha^2 / (alpha^2 + sigma^2), which of DDPM and DDIM is alpha^2. alpha_t is abar before the step over abar
after it: the share of the signal's power that this step of the forward process leaves.
"""

from typing import Literal

import torch

from bench.problem import Sampler

Course = Literal["increase", "decrease", "constant"]
"""How a weight goes along the trajectory: with alpha_t, with 1 - alpha_t, or not at all."""


def signal_growth(sampler: Sampler, step: int) -> float:
    """The scale of the signal after a step over that before it, alpha' / alpha; of DDIM it is 1 / sqrt(alpha_t).

    0 where a step begins without signal, as a flow's first: there the clean latent does not depend on the latent.
    """
    return sampler.alphas[step + 1] / sampler.alphas[step] if sampler.alphas[step] > 0 else 0.0


def noise_share(sampler: Sampler, step: int) -> float:
    """sqrt(1 - abar) before a step, in [0, 1]."""
    alpha, sigma = sampler.alphas[step], sampler.sigmas[step]
    return float(sigma / (alpha**2 + sigma**2) ** 0.5)


def of_mean_one(sampler: Sampler, step: int, course: Course) -> float:
    """The weight of a step; the mean over all steps is 1."""
    levels = range(sampler.steps + 1)
    power = torch.tensor([1 - noise_share(sampler, level) ** 2 for level in levels], dtype=torch.float64)
    left = power[:-1] / power[1:]
    weights = {"increase": left, "decrease": 1 - left, "constant": torch.ones_like(left)}[course]
    weights = weights.clamp_min(1e-9)  # all of them are 0 in a flow of one step
    return float(weights[step] / weights.mean())
