"""How far a way to run a model is from float32: gradients of the denoiser's output on the same latents."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor

from bench.models.latent import Condition, LatentModel
from bench.models.schedule import Schedule
from bench.problem import Prediction
from bench.problem.seeding import stream


class Distance(NamedTuple):
    """Of a gradient g from the one in float32, g32.

    Attributes:
        gradient_error: |g - g32| / |g32|.
        gradient_cosine: of the angle between them.
    """

    gradient_error: float
    gradient_cosine: float


def distance(gradient: Tensor, reference: Tensor) -> Distance:
    """The distance of `gradient` from `reference`, both of any one shape."""
    g, g32 = gradient.double().flatten(), reference.double().flatten()
    return Distance(float((g - g32).norm() / g32.norm()), float(g @ g32 / (g.norm() * g32.norm())))


def gradient(model: LatentModel, condition: Condition, autocast: torch.dtype | None = None) -> Tensor:
    """Gradients of the guided output along a random direction, at the first, a middle and the last step.

    Returns:
        `(3, *latent_shape)` float32 on the CPU; latents and directions are the same for every model of a family.
    """
    with arithmetic(model.device, autocast):
        found = [_at(model, step, condition) for step in (0, model.steps // 2, model.steps - 1)]
    return torch.cat(found).float().cpu()


def _at(model: LatentModel, step: int, condition: Condition) -> Tensor:
    shape, generator = (1, *model.latent_shape), stream("gradient", step)
    latent, direction = (torch.randn(shape, generator=generator).to(model.device) for _ in range(2))
    latent.requires_grad_()
    output = network_output(model.schedule, step, model.predict(latent, step, condition))
    (found,) = torch.autograd.grad(output, latent, direction)
    return found


def network_output(schedule: Schedule, step: int, prediction: Prediction) -> Tensor:
    """What the network said: eps and x_0 hold the latent as well, whose gradient is exact in any arithmetic."""
    eps, x0 = prediction
    if schedule.output == "velocity":
        return eps - x0
    if schedule.output == "v_prediction":
        return float(schedule.alpha[step]) * eps - float(schedule.sigma[step]) * x0
    return eps if schedule.output == "epsilon" else x0


def arithmetic(device: torch.device, autocast: torch.dtype | None) -> AbstractContextManager[object]:
    """Autocast to a type; None for the type of the weights."""
    return torch.autocast(device.type, autocast) if autocast else nullcontext()


@contextmanager
def in_full_precision() -> Iterator[None]:
    """Convolutions of a GPU in float32 rather than, as by default, in TF32, which has ten bits."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before
