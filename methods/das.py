"""Twisted sequential Monte Carlo: TDS (Wu et al. 2023) and DAS, its tempered form (Kim et al. 2025).

Particles move with the gradient of the reward of their predicted clean image; importance weights correct for that, so
that weighted they stand for p(x) exp(r(x) / temperature).
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.guidance import promise
from bench.sampling.look_ahead import with_row
from bench.sampling.particles import Population, Resampling, effective_sample_size, inherit, require_noise, resample
from bench.sampling.temperature import Temperature, check_temperature, measured

Steps = Generator[Candidates | None, float, Population]


@register_method("das", family="particles", paper="https://arxiv.org/abs/2501.05803", gradient=True)
@dataclass(frozen=True)
class Das:
    """Tempered SMC: lambda_i = min((1 + gamma)^i - 1, 1) of the reward counts at step i (DAS, section 4)."""

    particles: int = option(4, source="official code, commit 2f4b223: config/sd.py")
    temperature: Temperature = option(
        0.005, source="official code: kl_coeff for aesthetic; 0.01 for CLIP, 1e-4 for PickScore; auto: see the toolkit"
    )
    tempering: float | None = option(
        1.22, source="official code: (1 + gamma)^steps - 1 is 1.22 at 100 steps and 1.14 at 8; null: no tempering"
    )
    threshold: float = option(0.5, source="official code: resample below this share of effective particles")
    resampling: Resampling = option("ssp", source="official code")
    reindex: Literal["all", "latents-only"] = option(
        "all", source="ours; the official code leaves clean prediction, gradient and twist with their old places"
    )

    def __post_init__(self) -> None:
        check_temperature(self.temperature)
        if self.particles < 2:
            raise ValueError(f"particles must be at least 2, got {self.particles}; one alone is greedy guidance")
        if self.tempering is not None and self.tempering < 1:
            raise ValueError(f"tempering must be at least 1, so that all of the reward counts, got {self.tempering}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is a share of the particles, got {self.threshold}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise."""
        require_noise(model)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        temperature = yield from measured(problem, self.temperature, self.particles)
        while True:
            drawn = problem.draw_noise(self.particles)
            yield (yield from self.trajectory(problem, temperature, drawn)).offer()

    def trajectory(self, problem: Problem, temperature: float, noise: Tensor, paid: Tensor | float = 0.0) -> Steps:
        """One population from drawn noise to samples, looking up after each step.

        `paid` is the log of what the initial noise was drawn by beyond N(0, I), `(n,)`.
        """
        sampler, latent = problem.sampler, problem.sampler.start(noise[:, 0])
        log_weights = torch.zeros(self.particles, device=noise.device)
        twist = log_weights + paid
        for step in range(sampler.steps):
            prediction, rewards, gradient = promise(problem, latent, step)
            gradient = gradient / temperature
            now = self.share(step, sampler.steps) * rewards / temperature
            log_weights, twist = log_weights + now - twist, now
            if effective_sample_size(log_weights) <= self.threshold * self.particles:
                who = resample(log_weights, self.resampling, problem.generator)
                noise, log_weights = inherit(noise, who, step + 1), torch.zeros_like(log_weights)
                if self.reindex == "all":
                    prediction = Prediction(*(one[who] for one in prediction))
                    gradient, twist = gradient[who], twist[who]
                else:
                    prediction = Prediction(prediction.eps[who], prediction.x0)
            mean, std = sampler.transition(prediction, step)
            drawn = noise[:, step + 1]
            # mean + std^2 lambda gradient + std xi, as the noise that the base sampler would have had to draw.
            moved = drawn + std * self.share(step + 1, sampler.steps) * gradient
            log_weights = log_weights + (drawn.square() - moved.square()).flatten(1).sum(1) / 2
            check_finite(log_weights, temperature)
            noise = with_row(noise, step + 1, moved)
            latent = mean + std * moved
            yield None
        samples = sampler.decode(latent)
        rewards = problem.reward(samples)
        return Population(Candidates(samples, rewards, noise), log_weights + rewards / temperature - twist)

    def share(self, step: int, steps: int) -> float:
        """How much of the reward counts at a step, lambda."""
        if self.tempering is None:
            return 1.0
        return float(min((1 + self.tempering) ** (step / steps) - 1, 1.0))


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


@register_method("tds", family="particles", paper="https://arxiv.org/abs/2306.17775", gradient=True)
@dataclass(frozen=True)
class Tds(Das):
    """The twisted diffusion sampler: all of the reward counts from the first step on."""

    tempering: float | None = option(None, source="the paper")
    threshold: float = option(1.0, source="official code, commit 5b6af53: ess_threshold null, resample at every step")
    resampling: Resampling = option("systematic", source="official code")
