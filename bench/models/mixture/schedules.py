"""The schedules that a mixture can be sampled on: those of the samplers whose network may be any denoiser.

A consistency model's is not among them: its answer is the end of the path, which an exact denoiser does not give.
"""

from collections.abc import Callable

from bench.errors import InputError
from bench.models.schedule import Schedule
from bench.models.schedulers import ddim, euler, flow_match

_BETAS = {"beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "linear"}  # DDPM's, and those of DAS's notebooks


def ddim_steps(steps: int, eta: float, *, to_data: bool = True) -> Schedule:
    """DDIM through DDPM's linear betas, the steps spread from the first level to the last.

    Args:
        steps: at least 2.
        eta: how much noise is injected.
        to_data: end at the data; else, as in DAS's notebooks, at the least noisy level. The last step begins there, and
            is then idle: its prediction changes nothing.

    Raises:
        InputError: too few steps.
    """
    from diffusers import DDIMScheduler

    check_spread(steps)
    scheduler = DDIMScheduler(**_BETAS, clip_sample=False, set_alpha_to_one=to_data, timestep_spacing="linspace")
    return ddim(scheduler, steps, eta)


def euler_steps(steps: int, eta: float) -> Schedule:
    """Euler, or Euler-ancestral, through the same levels to the data.

    Raises:
        InputError: too few steps.
    """
    from diffusers import EulerDiscreteScheduler

    check_spread(steps)
    return euler(EulerDiscreteScheduler(**_BETAS, timestep_spacing="linspace"), steps, eta)


def flow_steps(steps: int, eta: float) -> Schedule:
    """Euler steps of the straight flow from noise to data; an SDE with its marginals where eta > 0."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(steps)
    return flow_match(scheduler, eta)


def check_spread(steps: int) -> None:
    """Refuse a single step where steps are spread from the first level to the last: it would be the last alone.

    Raises:
        InputError: with what is allowed.
    """
    if steps < 2:
        raise InputError(
            f"this schedule goes from the noisiest level to the least noisy: steps must be at least 2, got {steps}"
        )


SCHEDULES: dict[str, Callable[[int, float], Schedule]] = {
    "ddim": ddim_steps,
    "euler": euler_steps,
    "flow": flow_steps,
}
