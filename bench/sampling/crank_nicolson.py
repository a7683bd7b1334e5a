"""Preconditioned Crank-Nicolson Langevin chains (Cotter et al. 2013, https://arxiv.org/abs/1202.0709, section 4).

They sample the density N(z; 0, I) exp(phi(z)). With rho = (1 - h/4) / (1 + h/4) a chain at z proposes

    z' = rho z + sqrt(1 - rho^2) (xi + sqrt(h)/2 g(z)),    xi ~ N(0, I),  g = grad phi

and goes there with probability min(1, exp(l(z', z) - l(z, z'))), where

    l(z, z') = phi(z) - h/8 |g(z)|^2 + sqrt(h)/2 <(z' - rho z) / sqrt(1 - rho^2), g(z)>

Without g the proposal leaves N(0, I) alone, so that it is as good in many dimensions as in few.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor


class ChainState(NamedTuple):
    """Where n chains are.

    Attributes:
        noise: z, `(n, *latent_shape)`.
        tilt: phi(z), `(n,)`.
        drift: g(z), `(n, *latent_shape)`; any other function of z, such as a clipped gradient, is as exact.
    """

    noise: Tensor
    tilt: Tensor
    drift: Tensor


def moved(
    here: ChainState, state_at: Callable[[Tensor], ChainState], step_size: float, generator: Generator
) -> tuple[ChainState, Tensor]:
    """One step of each chain.

    Args:
        here: where they are.
        state_at: from noise to the state there.
        step_size: h, in (0, 4]; 4 forgets where a chain is but for its drift.
        generator: the method's own random stream.

    Returns:
        Where they are now, and the log of the ratio that decided it, `(n,)`: a chain accepts with probability
        min(1, exp(ratio)), and never where the ratio is no number.
    """
    xi = torch.randn(here.noise.shape, generator=generator, device=here.noise.device)
    there = state_at(proposal(here, step_size, xi))
    log_ratio = log_acceptance(here, there, step_size)
    accepts = torch.rand(log_ratio.shape, generator=generator, device=log_ratio.device).log() < log_ratio
    each = accepts.view(-1, *[1] * (xi.dim() - 1))
    noise, drift = torch.where(each, there.noise, here.noise), torch.where(each, there.drift, here.drift)
    return ChainState(noise, torch.where(accepts, there.tilt, here.tilt), drift), log_ratio


def proposal(here: ChainState, step_size: float, xi: Tensor) -> Tensor:
    """The noise that chains propose, from standard normal numbers `xi` of the noise's shape."""
    rho, scale = _scales(step_size)
    return rho * here.noise + scale * (xi + math.sqrt(step_size) / 2 * here.drift)


def log_acceptance(here: ChainState, there: ChainState, step_size: float) -> Tensor:
    """Log of pi(z') q(z | z') / (pi(z) q(z' | z)), `(n,)`, for chains that propose to go from here to there."""
    return _log_proposed(there, here, step_size) - _log_proposed(here, there, step_size)


def _log_proposed(one: ChainState, other: ChainState, step_size: float) -> Tensor:
    """The log l of exp(phi) at one, times how much more often it proposes the other than it would without drift."""
    rho, scale = _scales(step_size)
    xi, shift = (other.noise - rho * one.noise) / scale, math.sqrt(step_size) / 2 * one.drift
    return one.tilt + (xi * shift - shift.square() / 2).flatten(1).sum(1)


def _scales(step_size: float) -> tuple[float, float]:
    """The factors rho and sqrt(1 - rho^2)."""
    rho = (1 - step_size / 4) / (1 + step_size / 4)
    return rho, math.sqrt(1 - rho**2)
