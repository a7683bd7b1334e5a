"""A diffusion model that needs no training: data N(mean, scale^2 I), whose best denoiser is known in closed form."""

from dataclasses import dataclass, field, replace

import torch
from diffusers import DDIMScheduler
from torch import Tensor

from bench.models.schedulers import ddim
from bench.problem import Meter, Prediction, Problem, Recompute, Transition, changed_options, seeded_problem
from bench.registry import Reward


@dataclass
class GaussianModel:
    """Images `(n, 3, 4, 4)` of independent N(mean, scale^2) pixels, sampled with DDIM at eta 1.

    Attributes:
        steps: DDIM steps.
        mean: mean of the data.
        scale: standard deviation of the data.
        eta: 0 is deterministic, 1 injects the most noise.
        guidance: taken, so that methods which change it can be tested, and without effect.
    """

    steps: int = 5
    mean: float = 0.5
    scale: float = 0.2
    eta: float = 1.0
    guidance: float = 1.0

    latent_shape: tuple[int, ...] = (3, 4, 4)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    evals_per_prediction: int = 1
    recompute: Recompute = field(default="none", init=False)
    chunk: int | None = None
    most_steps: int = 500

    def with_sampling(self, **options: float) -> "GaussianModel":
        """The same data under other `steps`, `eta` or `guidance`, which has no effect: there is no condition."""
        changed = changed_options({"steps": self.steps, "eta": self.eta, "guidance": self.guidance}, options)
        return replace(self, steps=int(changed["steps"]), eta=changed["eta"], guidance=changed["guidance"])

    def __post_init__(self) -> None:
        scheduler = DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
            clip_sample=False, set_alpha_to_one=False, steps_offset=1,
        )  # fmt: skip
        self._schedule = ddim(scheduler, self.steps, self.eta)
        self.alphas, self.sigmas = tuple(self._schedule.alpha.tolist()), tuple(self._schedule.sigma.tolist())

    def encode(self, prompt: str) -> None:
        """Nothing: the model is unconditional."""

    def start(self, noise: Tensor) -> Tensor:
        """The noise itself."""
        return noise

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """The posterior mean of the noise, by conditioning the joint Gaussian of noise and latent."""
        alpha, sigma = self.alphas[step], self.sigmas[step]
        eps = sigma * (latent - alpha * self.mean) / (alpha**2 * self.scale**2 + sigma**2)
        return self._schedule.predict(latent, step, eps)

    def predict_with_correction(self, latent: Tensor, step: int, condition: None) -> tuple[Prediction, Tensor]:
        """The prediction, to which guidance adds nothing."""
        prediction = self.predict(latent, step, condition)
        return prediction, torch.zeros_like(latent)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """The DDIM step."""
        return self._schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """The latent itself."""
        return latent


def mean_reward(samples: Tensor, prompts: object) -> Tensor:
    """The mean pixel: a reward that every method can raise."""
    return samples.flatten(1).mean(1)


def toy_problem(
    seed: int = 0,
    method: str = "",
    model: GaussianModel | None = None,
    reward: Reward = mean_reward,
    meter: Meter | None = None,
) -> Problem:
    """A problem on the Gaussian model that takes milliseconds."""
    model = model or GaussianModel()
    return seeded_problem(model, reward, "toy", seed, model_name="gaussian", method_name=method, meter=meter)
