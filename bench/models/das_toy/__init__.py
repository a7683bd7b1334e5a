"""`das-toy`: the small diffusions of DAS's notebooks, on which its published values can be repeated in minutes."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import load_file
from torch import Tensor

from bench.models.das_toy.data import DATA
from bench.models.das_toy.network import PointDenoiser
from bench.models.mixture.schedules import check_spread, ddim_steps
from bench.models.points import PointsModel, check_sampling
from bench.problem import Prediction
from bench.registry import option, register_model

TIMESTEPS = 1000
"""Noise levels of the training, DDPM's."""


class DasToyModel(PointsModel):
    """A frozen denoiser of points on DDIM's schedule, whose last step is idle as in the notebooks."""

    def __init__(self, device: torch.device, denoiser: PointDenoiser, steps: int, eta: float) -> None:
        super().__init__(device, denoiser.dimensions, partial(ddim_steps, to_data=False), steps, eta)
        self._denoiser = denoiser.to(device).eval().requires_grad_(False)

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The predicted noise and the point it implies, each `(n, d)`."""
        time = float(self.schedule.timesteps[step]) / TIMESTEPS
        return self.schedule.predict(latent, step, self._denoiser(latent, latent.new_full((1,), time)))


@register_model(
    "das-toy",
    licence="Apache-2.0",
    weights="in the package: bench/models/das_toy/*.safetensors",
    paper="https://arxiv.org/abs/2501.05803",
    medium="points",
)
@dataclass(frozen=True)
class DasToy:
    """The small networks of DAS's notebooks, trained anew; any prompt will do, it is ignored."""

    data: Literal["gmm-1", "gmm-2", "swiss-roll"] = option("gmm-1", source="DAS's notebooks: GMM, GMM2, Swiss_roll")
    steps: int = option(100, source="DAS's notebooks")
    eta: float = option(1.0, source="DAS's notebooks")

    def __post_init__(self) -> None:
        check_sampling(self.steps, self.eta)
        check_spread(self.steps)

    @property
    def dimensions(self) -> int:
        """Coordinates of a point."""
        return DATA[self.data].dimensions

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> DasToyModel:
        """The model on `device`."""
        denoiser = PointDenoiser(self.dimensions)
        denoiser.load_state_dict(load_file(weights_of(self.data)))
        return DasToyModel(device, denoiser, self.steps, self.eta)


def weights_of(data: str) -> Path:
    """Where the weights for a name of `DATA` lie."""
    return Path(__file__).parent / f"{data}.safetensors"
