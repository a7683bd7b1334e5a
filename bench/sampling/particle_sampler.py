"""What samplers with weighted particles share: their options, and populations one after another."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec
from bench.sampling.particles import Population, require_noise
from bench.sampling.resampling import Resampling
from bench.sampling.temperature import Temperature, check_temperature, measured

Steps = Generator[Candidates | None, float, Population]
"""A trajectory that looks up between its steps and returns its population."""


@dataclass(frozen=True)
class ParticleSampler(ABC):
    """Particles whose weighted samples stand for p(x) exp(r(x) / temperature); each sampler gives its own defaults.

    Raises:
        ValueError: an option makes no sense; says which and what is allowed.
    """

    particles: int
    temperature: Temperature
    resampling: Resampling

    def __post_init__(self) -> None:
        check_temperature(self.temperature)
        if self.particles < 2:
            raise ValueError(f"particles must be at least 2, got {self.particles}; one alone is never weighed")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise.

        Raises:
            ValueError: says why.
        """
        require_noise(model)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        temperature = yield from measured(problem, self.temperature, self.particles)
        while True:
            noise = problem.draw_noise(self.particles)
            population = yield from self.trajectory(problem, temperature, noise)
            yield population.offer()

    @abstractmethod
    def trajectory(self, problem: Problem, temperature: float, noise: Tensor) -> Steps:
        """One population from noise `(n, steps + 1, *latent_shape)` to samples, looking up after each step."""
