"""How far to go, whatever the reward's scale: FreeDoM's rule (Yu et al. 2023, https://arxiv.org/abs/2303.09833).

A push goes along a gradient g and is as large as `scale` times the root mean square (rms) of a reference:

    scale rms(reference) g / rms(g)
"""

from typing import Literal

import torch
from torch import Tensor

from bench.problem import Prediction, Sampler
from bench.registry import ModelSpec

Reference = Literal["guidance", "noise"]
"""What a push is measured by: what classifier-free guidance adds to the predicted noise, or all of that noise."""
Window = tuple[float, float]
"""The shares of all steps that are left to be taken at the end and at the beginning of a stretch of the trajectory."""


def predicted(sampler: Sampler, latent: Tensor, step: int, relative_to: Reference) -> tuple[Prediction, Tensor]:
    """The prediction for `(n, *latent_shape)`, and the reference, of its shape and without gradient.

    Raises:
        ValueError: the reference is what guidance adds, and the model's predictions are not guided.
    """
    if relative_to == "guidance":
        return sampler.predict_with_correction(latent, step)
    prediction = sampler.predict(latent, step)
    return prediction, prediction.eps.detach()


def with_rms_of(reference: Tensor, gradient: Tensor, scale: float) -> Tensor:
    """`scale rms(reference) g / rms(g)` of gradients `(n, ...)`, each row by itself; a gradient of zero stays zero."""
    size = scale * _rms(reference)
    # By the largest number first: the squares of a small gradient would vanish in float32.
    gradient = gradient / _guarded(gradient.abs().flatten(1).amax(1).view(size.shape))
    return size * gradient / _guarded(_rms(gradient))


def _rms(rows: Tensor) -> Tensor:
    """`(n, 1, ...)` of `(n, ...)`."""
    found: Tensor = rows.square().mean(tuple(range(1, rows.dim())), keepdim=True).sqrt()
    return found


def _guarded(divisor: Tensor) -> Tensor:
    """The divisor, 1 where it is 0."""
    return torch.where(divisor == 0, 1.0, divisor)


def within(window: Window, step: int, steps: int) -> bool:
    """Whether a step lies in a window, which holds its end and not its beginning; 0 is left after the last step."""
    end, begin = window
    return end * steps <= steps - 1 - step < begin * steps


def check_window(name: str, window: Window) -> None:
    """Refuse what is no stretch of the trajectory.

    Raises:
        ValueError: says what is allowed.
    """
    if not 0 <= window[0] < window[1] <= 1:
        raise ValueError(f"{name} must be two ascending shares of the steps, in [0, 1], got {window}")


def check_pushes(model: ModelSpec, window: Window, relative_to: Reference) -> None:
    """Refuse a model none of whose steps would be pushed, or with nothing to measure a push by.

    Raises:
        ValueError: says why, and what would do.
    """
    if not any(within(window, step, model.steps) for step in range(model.steps)):
        raise ValueError(f"none of the model's {model.steps} steps lies in the window {window}; give it more steps")
    if relative_to == "guidance" and getattr(model, "guidance", 1.0) == 1:
        raise ValueError(
            "pushes are measured by what classifier-free guidance adds to the noise, and the model has none; "
            "relative_to: noise, with a scale of its own, would do"
        )
