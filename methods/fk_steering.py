"""Feynman-Kac steering (Singhal et al. 2025, https://arxiv.org/abs/2501.06848): resampling by promised reward.

At cut i the potential G_i counts r_i = r(x0(x)) / temperature; the end makes their product exp(r(x) / temperature):

    log G_i = r_i - r_{i-1} (diff), max_{j<=i} r_j (max), sum_{j<=i} r_j (add) or r_i (rt)
    log w <- log w + log G_i at cut i,    log w <- log w + r(x) / temperature - sum_i log G_i at the end
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem import Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.particle_sampler import ParticleSampler, Steps
from bench.sampling.particles import Particles
from bench.sampling.resampling import Resampling
from bench.sampling.temperature import Temperature


@dataclass
class Steered(Particles):
    """Particles with what the next potential remembers of the rewards before it, `(n,)`."""

    memory: Tensor


@register_method("fk-steering", family="particles", paper="https://arxiv.org/abs/2501.06848")
@dataclass(frozen=True)
class FkSteering(ParticleSampler):
    """Particles that share a trajectory; at some steps those whose clean image promises more reward have offspring."""

    particles: int = option(4, source="official code, commit 9413005: launch.sh, num_particles")
    temperature: Temperature = option(0.1, source="official code: lambda 10, for ImageReward; auto: see the toolkit")
    potential: Literal["diff", "max", "add", "rt"] = option("max", source="official code: launch.sh")
    every: float = option(0.2, source="official code: launch.sh, every 20 of 100 steps, as a share of the trajectory")
    first: float = option(0.2, source="official code: launch.sh, from step 20 of 100")
    last: float = option(0.8, source="official code: launch.sh, to step 80 of 100")
    adaptive: bool = option(False, source="official code: resample only if fewer than half of the particles count")
    resampling: Resampling = option("multinomial", source="official code")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (0 <= self.first <= self.last <= 1 and 0 < self.every <= 1):
            raise ValueError(f"first <= last and every > 0 must be shares, got {self.first}, {self.last}, {self.every}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse also a schedule that resamples at none of the model's steps."""
        super().check_model(model)
        if not self.cuts(model.steps):
            raise ValueError(f"first and last leave none of the model's {model.steps} steps to resample at")

    def trajectory(self, problem: Problem, temperature: float, noise: Tensor) -> Steps:
        """One population from noise `(n, steps + 1, *latent_shape)` to samples, looking up after each step."""
        sampler, nothing = problem.sampler, torch.zeros(len(noise), device=noise.device)
        particles = Steered(noise, nothing - torch.inf if self.potential == "max" else nothing)
        latent = sampler.start(noise[:, 0])
        for step in range(sampler.steps):
            particles.prediction = sampler.predict(latent, step)
            if step in self.cuts(sampler.steps):
                rewards = problem.reward(sampler.decode(particles.prediction.x0)) / temperature
                gain, particles.memory = self.log_potential(particles.memory, rewards)
                particles.log_weights, particles.paid = particles.log_weights + gain, particles.paid + gain
                if not self.adaptive or particles.effective_size() < len(noise) / 2:
                    particles.resample(step, self.resampling, problem.generator)
            latent = sampler.step(particles.prediction, step, particles.noise[:, step + 1])
            yield None
        return particles.population(problem, latent, temperature)

    def cuts(self, steps: int) -> range:
        """The steps at which particles are resampled."""
        every = max(1, round(self.every * steps))
        return range(max(1, round(self.first * steps)), min(round(self.last * steps), steps - 1) + 1, every)

    def log_potential(self, memory: Tensor, rewards: Tensor) -> tuple[Tensor, Tensor]:
        """The log of the potentials `(n,)`, and what the next ones remember of `rewards` over the temperature."""
        now = {"max": torch.maximum(memory, rewards), "add": memory + rewards}.get(self.potential, rewards)
        return now - memory if self.potential == "diff" else now, now
