"""Schedules from the schedulers of diffusers: which timesteps, which noise levels, what the network predicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench.errors import InputError
from bench.models.schedule import Schedule, fresh_noise
from bench.problem import Prediction

if TYPE_CHECKING:
    from diffusers import (
        DDIMScheduler,
        EulerDiscreteScheduler,
        FlowMatchEulerDiscreteScheduler,
        LCMScheduler,
        SchedulerMixin,
    )


def from_betas(kind: "type[SchedulerMixin]", config: Mapping[str, Any]) -> Any:  # noqa: ANN401 - diffusers has no types
    """A scheduler of `kind` with the noise levels of another's configuration.

    Raises:
        InputError: the configuration is of a scheduler whose noise levels do not come from betas.
    """
    if "beta_schedule" not in config:
        name = config.get("_class_name", "the scheduler")
        raise InputError(f"{name} has no betas, from which {kind.__name__}'s noise levels are made")
    return kind.from_config(config)


def ddim(scheduler: "DDIMScheduler", steps: int, eta: float) -> Schedule:
    """DDIM (Song et al. 2021, https://arxiv.org/abs/2010.02502).

    Args:
        scheduler: gives the noise levels, the spacing of the steps, and what the network predicts.
        steps: number of sampling steps, at least 1.
        eta: 0 is the deterministic sampler, 1 the DDPM-like stochastic one.
    """
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps.to(torch.int64)
    alpha_bar = _with_final(scheduler.alphas_cumprod[timesteps], scheduler.final_alpha_cumprod)
    alpha, sigma = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    return Schedule(timesteps, alpha, sigma, fresh_noise(alpha, sigma, eta), scheduler.config.prediction_type)


def euler(scheduler: "EulerDiscreteScheduler", steps: int, eta: float) -> Schedule:
    """Euler at eta 0, Euler-ancestral at eta 1 (Karras et al. 2022, https://arxiv.org/abs/2206.00364).

    Its latent, x_0 + sigma eps, is ours over alpha, which is also how it reaches the network.

    Args:
        scheduler: as for `ddim`; ends at noise level 0.
        steps: number of sampling steps, at least 1.
        eta: how much noise is injected.
    """
    scheduler.set_timesteps(steps)
    ratio = scheduler.sigmas.to(torch.float64)
    alpha = (1 + ratio.square()).rsqrt()
    sigma = ratio * alpha
    first = float(scheduler.init_noise_sigma) * float(alpha[0])
    kind = scheduler.config.prediction_type
    return Schedule(scheduler.timesteps, alpha, sigma, fresh_noise(alpha, sigma, eta), kind, first)


def flow_match(scheduler: "FlowMatchEulerDiscreteScheduler", eta: float) -> Schedule:
    """Euler steps of a flow (Lipman et al. 2023, https://arxiv.org/abs/2210.02747), an SDE where eta > 0.

    Args:
        scheduler: its timesteps set; they depend on the model's resolution.
        eta: 0 is the flow's ODE, 1 injects as much noise as DDPM would at the same ratios of noise to signal.
    """
    sigma = scheduler.sigmas.to(torch.float64).cpu()
    alpha = 1 - sigma
    return Schedule(scheduler.timesteps, alpha, sigma, fresh_noise(alpha, sigma, eta), "velocity")


@dataclass(frozen=True)
class ConsistencySchedule(Schedule):
    """Steps of a consistency model (Luo et al. 2023, https://arxiv.org/abs/2310.04378, eq. 9).

    Attributes:
        boundary: weights of the latent itself and of the implied x_0 in the model's answer, a pair a step.
    """

    boundary: tuple[tuple[float, float], ...] = ()

    def predict(self, latent: Tensor, step: int, output: Tensor) -> Prediction:
        """The network's noise, and the consistency model's clean latent; all `(n, *latent_shape)`."""
        eps, x0 = super().predict(latent, step, output)
        skip, out = self.boundary[step]
        return Prediction(eps, skip * latent + out * x0)


def lcm(scheduler: "LCMScheduler", steps: int) -> Schedule:
    """A latent consistency model: every step predicts the clean latent and noises it wholly anew.

    Args:
        scheduler: as for `ddim`.
        steps: number of sampling steps, at least 1.
    """
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps.to(torch.int64)
    alpha_bar = _with_final(scheduler.alphas_cumprod[timesteps], torch.ones(()))
    alpha, sigma = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    boundary = tuple(map(scheduler.get_scalings_for_boundary_condition_discrete, timesteps.tolist()))
    return ConsistencySchedule(timesteps, alpha, sigma, sigma[1:], scheduler.config.prediction_type, 1.0, boundary)


def _with_final(alpha_bar: Tensor, final: Tensor) -> Tensor:
    """Cumulative alphas before each step and after the last, in float64."""
    return torch.cat([alpha_bar.to(torch.float64), final.to(torch.float64).reshape(1)])
