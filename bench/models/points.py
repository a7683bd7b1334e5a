"""What models of points share: any number of steps on a schedule, and nothing to encode or to decode."""

from collections.abc import Callable
from copy import copy
from typing import Self

import torch
from torch import Tensor

from bench.errors import InputError
from bench.models.schedule import Schedule
from bench.problem import Prediction, Recompute, Transition, changed_options

MOST_STEPS = 1000


class PointsModel:
    """An unconditional model whose latents are its samples, points `(n, d)`. What it predicts is up to its family.

    Args:
        device: where it runs.
        dimensions: coordinates of a point, d.
        make_schedule: from steps and eta.
        steps: sampling steps, in 1..1000.
        eta: how much noise is injected, in [0, 1].

    Attributes:
        schedule: of the sampling steps.

    Raises:
        InputError: steps or eta make no sense.
    """

    evals_per_prediction = 1
    recompute: Recompute = "none"
    chunk: int | None = None
    most_steps = MOST_STEPS

    def __init__(
        self,
        device: torch.device,
        dimensions: int,
        make_schedule: Callable[[int, float], Schedule],
        steps: int,
        eta: float,
    ) -> None:
        self.device, self._make_schedule = device, make_schedule
        self.latent_shape: tuple[int, ...] = (dimensions,)
        self._set_sampling(steps, eta)

    def _set_sampling(self, steps: int, eta: float) -> None:
        check_sampling(steps, eta)
        self.steps, self.eta, self.schedule = steps, eta, self._make_schedule(steps, eta)
        self.alphas, self.sigmas = tuple(self.schedule.alpha.tolist()), tuple(self.schedule.sigma.tolist())

    def with_sampling(self, **options: float) -> Self:
        """The same model under other `steps` or `eta`.

        Raises:
            ValueError: another option, or a value that makes no sense.
        """
        changed = changed_options({"steps": self.steps, "eta": self.eta}, options)
        other = copy(self)
        other._set_sampling(int(changed["steps"]), changed["eta"])
        return other

    def encode(self, prompt: str) -> None:
        """Nothing: the model is unconditional."""

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent `(n, d)` from row 0 of the noise."""
        return self.schedule.start(noise)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, d)` and standard deviation of the point at the next level."""
        return self.schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """The point itself."""
        return latent


def check_sampling(steps: int, eta: float) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"steps must be in 1..{MOST_STEPS}, got {steps}")
    if not 0 <= eta <= 1:
        raise InputError(f"eta must be in [0, 1], got {eta:g}")
