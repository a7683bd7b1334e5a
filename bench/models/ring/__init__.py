"""`ring`: the two-dimensional diffusion of DNO's official tutorial, where support distance is exact."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from bench.models.points import PointsModel, check_sampling
from bench.models.ring.network import RingDenoiser
from bench.models.schedule import Schedule
from bench.problem import Prediction
from bench.registry import option, register_model

WEIGHTS = Path(__file__).parent / "model.safetensors"
EPSILON = 1e-5


class RingModel(PointsModel):
    """A frozen denoiser of points and the tutorial's sampler.

    Noise levels s fall linearly from 1 - 1e-5; a noisy point is sqrt(1 - s) x0 + sqrt(s) eps. A step predicts x0 and
    goes to the next level with fresh noise of scale eta sqrt(s_next): at eta 1 nothing of the predicted noise is left.
    """

    def __init__(self, device: torch.device, steps: int, eta: float) -> None:
        super().__init__(device, 2, make_schedule, steps, eta)
        self._denoiser = RingDenoiser().to(device)
        self._denoiser.load_state_dict(load_file(WEIGHTS))
        self._denoiser.eval().requires_grad_(False)

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The predicted noise and the point it implies, each `(n, 2)`."""
        level = float(self.schedule.timesteps[step])
        return self.schedule.predict(latent, step, self._denoiser(latent, latent.new_full((1,), level)))


def make_schedule(steps: int, eta: float) -> Schedule:
    """The tutorial's noise levels, which are also what its network is told."""
    level = torch.linspace(1 - EPSILON, EPSILON, steps + 1, dtype=torch.float64)
    return Schedule(level[:-1], (1 - level).sqrt(), level.sqrt(), eta * level[1:].sqrt(), "epsilon")


@register_model(
    "ring",
    licence="Apache-2.0",
    weights="in the package: bench/models/ring/model.safetensors",
    paper="https://arxiv.org/abs/2405.18881",
    medium="points",
)
@dataclass(frozen=True)
class Ring:
    """The two-dimensional diffusion of DNO's tutorial: points of a ring; it takes any prompt and ignores it."""

    steps: int = option(100, source="DNO's tutorial notebook")
    eta: float = option(1.0, source="DNO's tutorial notebook")

    def __post_init__(self) -> None:
        check_sampling(self.steps, self.eta)

    @property
    def dimensions(self) -> int:
        """Coordinates of a point."""
        return 2

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> RingModel:
        """The model on `device`."""
        return RingModel(device, self.steps, self.eta)
