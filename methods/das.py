"""DAS (Kim et al., ICLR 2025, https://arxiv.org/abs/2501.05803): tempered SMC with guided moves.

Particles follow the gradient of a share lambda_i of h(x) = r(x0(x)) / temperature; weighed, they stand for p(x) exp(h):

    x' = mean(x) + std xi',    xi' = xi + std lambda_{i+1} grad_x h(x)
    log w <- log w + lambda_{i+1} h(x') - lambda_i h(x) + (|xi|^2 - |xi'|^2) / 2
"""

from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from bench.problem import Prediction, Problem
from bench.registry import option, register_method
from bench.sampling.guidance import promise
from bench.sampling.look_ahead import with_row
from bench.sampling.particle_sampler import ParticleSampler, Steps
from bench.sampling.particles import Particles, check_finite
from bench.sampling.resampling import Resampling
from bench.sampling.temperature import Temperature


@dataclass
class Guided(Particles):
    """Particles with the gradient of their promised reward, `(n, *latent_shape)`."""

    gradient: Tensor = field(init=False)


@register_method("das", family="particles", paper="https://arxiv.org/abs/2501.05803", gradient=True)
@dataclass(frozen=True)
class Das(ParticleSampler):
    """Tempered SMC: lambda_i = min((1 + gamma)^i - 1, 1) of the reward counts at step i (DAS, section 4)."""

    particles: int = option(4, source="official code, commit 2f4b223: config/sd.py")
    temperature: Temperature = option(0.005, source="official code, for aesthetic; CLIP 0.01, PickScore 1e-4; or auto")
    tempering: float | None = option(1.22, source="official code: (1 + gamma)^steps - 1 at 100 steps; null: none")
    threshold: float = option(0.5, source="official code: resample below this share of effective particles")
    resampling: Resampling = option("ssp", source="official code")
    reindex: Literal["all", "latents-only"] = option("all", source="ours; latents-only: what the official code does")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tempering is not None and self.tempering < 1:
            raise ValueError(f"tempering must be at least 1, so that all of the reward counts, got {self.tempering}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is a share of the particles, got {self.threshold}")

    def trajectory(self, problem: Problem, temperature: float, noise: Tensor, paid: Tensor | float = 0.0) -> Steps:
        """One population from noise of density N(0, I) exp(paid), paid `(n,)`, looking up after each step."""
        sampler, particles = problem.sampler, Guided(noise)
        latent, particles.paid = sampler.start(noise[:, 0]), particles.paid + paid
        for step in range(sampler.steps):
            particles.prediction, rewards, particles.gradient = promise(problem, latent, step)
            twist = self.share(step, sampler.steps) * rewards / temperature
            particles.log_weights, particles.paid = particles.log_weights + twist - particles.paid, twist
            if particles.effective_size() <= self.threshold * len(noise):
                self.resample(particles, step, problem)
            mean, std = sampler.transition(particles.prediction, step)
            drawn = particles.noise[:, step + 1]
            moved = drawn + std * self.share(step + 1, sampler.steps) * (particles.gradient / temperature)
            particles.noise = with_row(particles.noise, step + 1, moved)
            particles.log_weights = particles.log_weights + (drawn.square() - moved.square()).flatten(1).sum(1) / 2
            check_finite(particles.log_weights, temperature)
            latent = mean + std * moved
            yield None
        return particles.population(problem, latent, temperature)

    def share(self, step: int, steps: int) -> float:
        """How much of the reward counts at a step, lambda."""
        return 1.0 if self.tempering is None else float(min((1 + self.tempering) ** (step / steps) - 1, 1.0))

    def resample(self, particles: Guided, step: int, problem: Problem) -> None:
        """All of a particle goes on, or, as in the official code, what stood in its new place stays there."""
        x0, gradient, paid = particles.prediction.x0, particles.gradient, particles.paid
        particles.resample(step, self.resampling, problem.generator)
        if self.reindex == "latents-only":
            particles.prediction = Prediction(particles.prediction.eps, x0)
            particles.gradient, particles.paid = gradient, paid
