"""`mixture`: a Gaussian mixture with its exact denoiser, so that what a method ought to find is known."""

from copy import copy
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.errors import InputError
from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.options import MixtureOptions
from bench.models.mixture.schedules import SCHEDULES
from bench.problem import Prediction, Recompute, Transition, changed_options
from bench.registry import option, register_model


class MixtureModel:
    """The exact denoiser of a Gaussian mixture on a schedule of the samplers.

    Args:
        mixture: the data's distribution, in float64.
        device: where it runs.
        schedule: a name of `SCHEDULES`.
        sampling: steps and eta.

    Attributes:
        mixture: in float32, on the device.
    """

    evals_per_prediction = 1
    recompute: Recompute = "none"
    chunk: int | None = None
    most_steps = 1000

    def __init__(
        self, mixture: GaussianMixture, device: torch.device, schedule: str, sampling: dict[str, float]
    ) -> None:
        self.device, self._schedule_name = device, schedule
        self.mixture = mixture.to(torch.zeros((), device=device))
        self._exact = mixture.to(torch.zeros((), dtype=torch.float64, device=device))
        self.latent_shape = tuple(mixture.means.shape[1:])
        self._set_sampling(sampling)

    def _set_sampling(self, sampling: dict[str, float]) -> None:
        check_sampling(int(sampling["steps"]), sampling["eta"])
        self.options, self.steps = sampling, int(sampling["steps"])
        self.schedule = SCHEDULES[self._schedule_name](self.steps, sampling["eta"])
        self.alphas, self.sigmas = tuple(self.schedule.alpha.tolist()), tuple(self.schedule.sigma.tolist())

    def with_sampling(self, **options: float) -> "MixtureModel":
        """The same mixture under other `steps` or `eta`.

        Raises:
            ValueError: another option, or a value that makes no sense.
        """
        other = copy(self)
        other._set_sampling(changed_options(self.options, options))
        return other

    def encode(self, prompt: str) -> None:
        """Nothing: the model is unconditional."""

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise."""
        return self.schedule.start(noise)

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The posterior mean of the clean point, and the noise that is left; each `(n, d)`."""
        alpha, sigma = self.alphas[step], self.sigmas[step]
        mixture = self._exact if latent.dtype == torch.float64 else self.mixture
        x0 = mixture.posterior_mean(latent, alpha, sigma)
        return Prediction((latent - alpha * x0) / sigma, x0)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, d)` and standard deviation of the point at the next level."""
        return self.schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """The point itself."""
        return latent


@register_model(
    "mixture",
    licence="Apache-2.0",
    weights="none: the denoiser is known in closed form",
    paper="https://arxiv.org/abs/2501.05803",
    medium="points",
)
@dataclass(frozen=True)
class Mixture(MixtureOptions):
    """A Gaussian mixture with its exact denoiser and tilted target; it takes any prompt and ignores it."""

    schedule: Literal["ddim", "euler", "flow"] = option("ddim", source="DAS's notebooks")
    steps: int = option(100, source="DAS's notebooks")
    eta: float = option(1.0, source="DAS's notebooks")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_sampling(self.steps, self.eta)

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> MixtureModel:
        """The model on `device`."""
        return MixtureModel(self.distribution(), device, self.schedule, {"steps": self.steps, "eta": self.eta})


def check_sampling(steps: int, eta: float) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= steps <= MixtureModel.most_steps:
        raise InputError(f"steps must be in 1..{MixtureModel.most_steps}, got {steps}")
    if not 0 <= eta <= 1:
        raise InputError(f"eta must be in [0, 1], got {eta:g}")
