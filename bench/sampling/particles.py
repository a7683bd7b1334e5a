"""Particles that share a trajectory: all that belongs to one, how many of them count, what they stand for."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import ModelSpec
from bench.sampling.resampling import Resampling, resample


@dataclass(frozen=True)
class Population:
    """Particles at the end of a trajectory.

    Attributes:
        candidates: their samples, rewards and noise.
        log_weights: `(n,)`, up to a constant: with them the samples stand for the distribution that is aimed at.
    """

    candidates: Candidates
    log_weights: Tensor

    def offer(self) -> Candidates:
        """The candidates; the log gets the mean reward under the weights, and how many particles these leave."""
        candidates, weights = self.candidates, self.log_weights.double().softmax(0)
        weighted = float(weights @ candidates.rewards.double())
        info = {"weighted_reward": weighted, "effective_particles": effective_sample_size(self.log_weights)}
        return Candidates(candidates.samples, candidates.rewards, candidates.noise, info)


@dataclass
class Particles:
    """Particles within a trajectory; each field, those of a subclass too, holds one entry a particle.

    What a method remembers of a particle is such a field: then resampling leaves nothing of it behind.

    Attributes:
        noise: `(n, steps + 1, *latent_shape)`: up to the present step what made the latents, after it what is drawn.
        prediction: the denoiser's at the present step.
        log_weights: `(n,)`, up to a constant.
        paid: `(n,)`, how much of the reward over the temperature the weights along its path have counted in advance.
    """

    noise: Tensor
    prediction: Prediction = field(init=False)
    log_weights: Tensor = field(init=False)
    paid: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.log_weights = self.paid = torch.zeros(len(self.noise), device=self.noise.device)

    def effective_size(self) -> float:
        """How many particles count, in [1, n]."""
        return effective_sample_size(self.log_weights)

    def resample(self, step: int, scheme: Resampling, generator: torch.Generator) -> None:
        """Put into each place an ancestor drawn by weight, with all that belongs to it; all weigh the same then.

        The noise that is injected from `step` on stays that of the place: copies of a particle part there.
        """
        ancestors, rows = resample(self.log_weights, scheme, generator), self.noise[:, step + 1 :]
        for name, value in list(vars(self).items()):
            setattr(self, name, value.at(ancestors) if isinstance(value, Prediction) else value[ancestors])
        self.noise = torch.cat([self.noise[:, : step + 1], rows], dim=1)
        self.log_weights = torch.zeros_like(self.log_weights)

    def population(self, problem: Problem, latent: Tensor, temperature: float) -> Population:
        """Their samples from the final latents; the reward counts now, and what was paid in advance is taken back."""
        samples = problem.sampler.decode(latent)
        rewards = problem.reward(samples)
        log_weights = self.log_weights + rewards / temperature - self.paid
        return Population(Candidates(samples, rewards, self.noise), log_weights)


def effective_sample_size(log_weights: Tensor) -> float:
    """1 / sum of the squared normalised weights of `(n,)`, in [1, n] (Kong 1992)."""
    return float(1 / log_weights.double().softmax(0).square().sum())


def check_finite(log_weights: Tensor, temperature: float) -> None:
    """Refuse weights of moved particles, in which a gradient shows that is not finite or too large.

    Raises:
        FloatingPointError: they are not finite; particles would go on as nothing.
    """
    if not bool(torch.isfinite(log_weights).all()):
        raise FloatingPointError(
            f"the gradient of the reward over the temperature, {temperature:g}, moves particles without bound; "
            "a higher one keeps them closer to the model, and networks in fp16 overflow: try precision bf16 or fp32"
        )


def require_noise(model: ModelSpec, why: str = "particles part only where the sampler injects noise") -> None:
    """Refuse a sampler that injects no noise.

    Args:
        model: what would sample.
        why: the reason; by default that copies of a particle would stay copies.

    Raises:
        ValueError: says why.
    """
    if getattr(model, "eta", 1.0) == 0 or model.steps < 2:
        raise ValueError(f"{why}; give it eta > 0 and at least 2 steps")
