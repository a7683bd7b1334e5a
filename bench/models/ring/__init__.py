"""`ring`: the two-dimensional diffusion of DNO's official tutorial, where support distance is exact."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from bench.errors import InputError
from bench.models.ring.network import RingDenoiser
from bench.models.schedule import Schedule
from bench.problem import Prediction, Recompute, Transition, changed_options
from bench.registry import option, register_model

WEIGHTS = Path(__file__).parent / "model.safetensors"
EPSILON = 1e-5


class RingModel:
    """A frozen denoiser of points and the tutorial's sampler.

    Noise levels s fall linearly from 1 - 1e-5; a noisy point is sqrt(1 - s) x0 + sqrt(s) eps. A step predicts x0 and
    goes to the next level with fresh noise of scale eta sqrt(s_next): at eta 1 nothing of the predicted noise is left.
    """

    latent_shape: tuple[int, ...] = (2,)
    evals_per_prediction = 1
    recompute: Recompute = "none"
    chunk: int | None = None
    most_steps = 1000

    def __init__(self, device: torch.device, steps: int, eta: float) -> None:
        self.device = device
        self._denoiser = RingDenoiser().to(device)
        self._denoiser.load_state_dict(load_file(WEIGHTS))
        self._denoiser.eval().requires_grad_(False)
        self._set_sampling(steps, eta)

    def _set_sampling(self, steps: int, eta: float) -> None:
        self.steps, self.eta, self.schedule = steps, eta, make_schedule(steps, eta)
        self.alphas, self.sigmas = tuple(self.schedule.alpha.tolist()), tuple(self.schedule.sigma.tolist())

    def with_sampling(self, **options: float) -> "RingModel":
        """The same denoiser under other `steps` or `eta`.

        Raises:
            ValueError: another option, or a value that makes no sense.
        """
        changed = changed_options({"steps": self.steps, "eta": self.eta}, options)
        check_sampling(int(changed["steps"]), changed["eta"])
        other = copy(self)
        other._set_sampling(int(changed["steps"]), changed["eta"])
        return other

    def encode(self, prompt: str) -> None:
        """Nothing: the model is unconditional."""

    def start(self, noise: Tensor) -> Tensor:
        """The noise itself."""
        return noise

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The predicted noise and the point it implies, each `(n, 2)`."""
        level = float(self.schedule.timesteps[step])
        return self.schedule.predict(latent, step, self._denoiser(latent, latent.new_full((1,), level)))

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, 2)` and standard deviation of the point at the next level."""
        return self.schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """The point itself."""
        return latent


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

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def load(self, device: torch.device) -> RingModel:
        """The model on `device`."""
        return RingModel(device, self.steps, self.eta)


def check_sampling(steps: int, eta: float) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= steps <= RingModel.most_steps:
        raise InputError(f"steps must be in 1..{RingModel.most_steps}, got {steps}")
    if not 0 <= eta <= 1:
        raise InputError(f"eta must be in [0, 1], got {eta:g}")
