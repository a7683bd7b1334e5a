"""Feynman-Kac steering (Singhal et al. 2025, https://arxiv.org/abs/2501.06848): resampling by promised reward."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.particles import Population, Resampling, effective_sample_size, inherit, require_noise, resample
from bench.sampling.temperature import Temperature, check_temperature, measured

Steps = Generator[Candidates | None, float, Population]


@register_method("fk-steering", family="particles", paper="https://arxiv.org/abs/2501.06848")
@dataclass(frozen=True)
class FkSteering:
    """Particles that share a trajectory; at some steps those whose clean image promises more reward have offspring.

    The potentials G of a path multiply to exp(r / temperature) of its sample (section 3), so that the weighted
    particles stand for p(x) exp(r(x) / temperature). Weights are carried on where nothing is resampled.
    """

    particles: int = option(4, source="official code, commit 9413005: launch.sh, num_particles")
    temperature: Temperature = option(0.1, source="official code: lambda 10, for ImageReward; auto: see the toolkit")
    potential: Literal["diff", "max", "add", "rt"] = option("max", source="official code: launch.sh")
    every: float = option(0.2, source="official code: launch.sh, every 20 of 100 steps, as a share of the trajectory")
    first: float = option(0.2, source="official code: launch.sh, from step 20 of 100")
    last: float = option(0.8, source="official code: launch.sh, to step 80 of 100")
    adaptive: bool = option(False, source="official code: resample only if fewer than half of the particles count")
    resampling: Resampling = option("multinomial", source="official code")

    def __post_init__(self) -> None:
        check_temperature(self.temperature)
        if self.particles < 2:
            raise ValueError(f"particles must be at least 2, got {self.particles}; one alone is the base sampler")
        if not (0 <= self.first <= self.last <= 1 and 0 < self.every <= 1):
            raise ValueError(
                f"first, last and every are shares of the trajectory with first <= last, got {self.first}, {self.last} "
                f"and {self.every}"
            )

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise, or a schedule that resamples at none of its steps.

        Raises:
            ValueError: says why.
        """
        require_noise(model)
        if not self.cuts(model.steps):
            raise ValueError(
                f"first and last, {self.first} and {self.last} of the trajectory, leave none of the model's "
                f"{model.steps} steps to resample at"
            )

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        temperature = yield from measured(problem, self.temperature, self.particles)
        while True:
            drawn = problem.draw_noise(self.particles)
            yield (yield from self.trajectory(problem, temperature, drawn)).offer()

    def trajectory(self, problem: Problem, temperature: float, noise: Tensor) -> Steps:
        """One population from drawn noise to samples, looking up after each step."""
        sampler = problem.sampler
        latent, log_weights = sampler.start(noise[:, 0]), torch.zeros(self.particles, device=noise.device)
        memory = log_weights - torch.inf if self.potential == "max" else log_weights
        paid = log_weights  # the log of the product of a particle's potentials
        for step in range(sampler.steps):
            prediction = sampler.predict(latent, step)
            if step in self.cuts(sampler.steps):
                rewards = problem.reward(sampler.decode(prediction.x0)) / temperature
                gain, memory = self.log_potential(memory, rewards)
                log_weights, paid = log_weights + gain, paid + gain
                if not self.adaptive or effective_sample_size(log_weights) < self.particles / 2:
                    who = resample(log_weights, self.resampling, problem.generator)
                    noise, prediction = inherit(noise, who, step + 1), Prediction(*(one[who] for one in prediction))
                    memory, paid, log_weights = memory[who], paid[who], torch.zeros_like(log_weights)
            latent = sampler.step(prediction, step, noise[:, step + 1])
            yield None
        samples = sampler.decode(latent)
        rewards = problem.reward(samples)
        return Population(Candidates(samples, rewards, noise), log_weights + rewards / temperature - paid)

    def cuts(self, steps: int) -> range:
        """The steps at which particles are resampled."""
        every = max(1, round(self.every * steps))
        return range(max(1, round(self.first * steps)), min(round(self.last * steps), steps - 1) + 1, every)

    def log_potential(self, memory: Tensor, rewards: Tensor) -> tuple[Tensor, Tensor]:
        """The log of the potentials `(n,)`, and what the next ones remember of `rewards` over the temperature."""
        if self.potential == "diff":
            return rewards - memory, rewards
        if self.potential == "rt":
            return rewards, rewards
        memory = torch.maximum(memory, rewards) if self.potential == "max" else memory + rewards
        return memory, memory
