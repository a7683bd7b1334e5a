"""`mixture`: a Gaussian mixture with its exact denoiser, so that what a method ought to find is known."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.options import MixtureOptions
from bench.models.mixture.schedules import SCHEDULES, check_spread
from bench.models.points import PointsModel, check_sampling
from bench.problem import Prediction
from bench.registry import option, register_model


class MixtureModel(PointsModel):
    """The exact denoiser of a Gaussian mixture on a schedule of the samplers.

    Args:
        mixture: the data's distribution, in float64.
        device: where it runs.
        schedule: a name of `SCHEDULES`.
        steps: sampling steps.
        eta: how much noise is injected.

    Attributes:
        mixture: in float32, on the device.
    """

    def __init__(
        self, mixture: GaussianMixture, device: torch.device, schedule: str, *, steps: int, eta: float
    ) -> None:
        super().__init__(device, mixture.means.shape[1], SCHEDULES[schedule], steps, eta)
        self.mixture = mixture.to(torch.zeros((), device=device))
        self._exact = mixture.to(torch.zeros((), dtype=torch.float64, device=device))

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The posterior mean of the clean point, and the noise that is left; each `(n, d)`."""
        alpha, sigma = self.alphas[step], self.sigmas[step]
        mixture = self._exact if latent.dtype == torch.float64 else self.mixture
        x0 = mixture.posterior_mean(latent, alpha, sigma)
        return Prediction((latent - alpha * x0) / sigma, x0)


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
        if self.schedule != "flow":
            check_spread(self.steps)

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> MixtureModel:
        """The model on `device`."""
        return MixtureModel(self.distribution(), device, self.schedule, steps=self.steps, eta=self.eta)
