"""The DDIM step with noise as an explicit input (Song et al. 2021, https://arxiv.org/abs/2010.02502, eqs. 12, 16)."""

from dataclasses import dataclass

import torch
from diffusers import DDIMScheduler
from torch import Tensor


@dataclass(frozen=True)
class DDIMSchedule:
    """The coefficients of each sampling step, noisiest first.

    Attributes:
        timesteps: training timestep of each step, `(steps,)` int64.
        alpha_bar: cumulative signal level at the step, `(steps,)` float64.
        alpha_bar_prev: the level the step goes to, `(steps,)` float64.
        sigma: scale of the noise injected at the step, `(steps,)` float64; the last one is 0.
    """

    timesteps: Tensor
    alpha_bar: Tensor
    alpha_bar_prev: Tensor
    sigma: Tensor

    @classmethod
    def from_scheduler(cls, scheduler: DDIMScheduler, steps: int, eta: float) -> "DDIMSchedule":
        """The schedule of a diffusers scheduler for `steps` steps.

        The last step injects no noise, as in DNO's code and unlike diffusers, where it is small but not zero.

        Args:
            scheduler: an epsilon-predicting DDIM scheduler.
            steps: number of sampling steps, at least 1.
            eta: 0 is the deterministic sampler, 1 the DDPM-like stochastic one.
        """
        scheduler.set_timesteps(steps)
        timesteps = scheduler.timesteps.to(torch.int64)
        table = scheduler.alphas_cumprod.to(torch.float64)
        alpha_bar = table[timesteps]
        last = scheduler.final_alpha_cumprod.to(torch.float64).reshape(1)
        alpha_bar_prev = torch.cat([alpha_bar[1:], last])
        variance = (1 - alpha_bar_prev) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_prev)
        sigma = eta * variance.sqrt()
        sigma[-1] = 0
        return cls(timesteps, alpha_bar, alpha_bar_prev, sigma)

    @property
    def levels(self) -> tuple[float, ...]:
        """The signal level before each step and after the last, `steps + 1` values."""
        return *self.alpha_bar.tolist(), float(self.alpha_bar_prev[-1])

    def predict_x0(self, latent: Tensor, step: int, eps: Tensor) -> Tensor:
        """The clean latent that the noise prediction `eps` implies (eq. 9)."""
        alpha_bar = float(self.alpha_bar[step])
        x0: Tensor = (latent - (1 - alpha_bar) ** 0.5 * eps) / alpha_bar**0.5
        return x0

    def step(self, x0: Tensor, step: int, eps: Tensor, noise: Tensor) -> Tensor:
        """The next latent (eq. 12): signal, direction back to the noise, and fresh `noise`."""
        alpha_bar_prev, sigma = float(self.alpha_bar_prev[step]), float(self.sigma[step])
        direction = (1 - alpha_bar_prev - sigma**2) ** 0.5
        latent: Tensor = alpha_bar_prev**0.5 * x0 + direction * eps + sigma * noise
        return latent
