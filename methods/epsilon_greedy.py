"""Epsilon-greedy search over the noise of each step (Ramesh & Mardani 2025, https://arxiv.org/abs/2506.03164).

A step's pivot xi* begins as fresh noise; in each round candidates are drawn anew, or near the pivot:

    xi_k ~ N(0, I) with probability epsilon,    else xi_k = xi* + u radius sqrt(d) v,    u ~ U[0, 1),  |v| = 1
    xi* <- xi_k with the largest r(x0(mean(x) + std xi_k)), if that is more than xi* has

The step that is taken in the end is x' = mean(x) + std xi*; x0(x) is the clean latent that the denoiser predicts.
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.look_ahead import look_ahead, with_row
from bench.sampling.particles import require_noise


@register_method("epsilon-greedy", family="search", paper="https://arxiv.org/abs/2506.03164")
@dataclass(frozen=True)
class EpsilonGreedy:
    """At each step rounds of candidates around a pivot noise, some of them drawn anew; the best is the next pivot."""

    candidates: int = option(4, source="official code, commit e2c8f29: N")
    rounds: int = option(20, source="official code: K")
    radius: float = option(0.15, source="official code: lambda, in units of the noise's norm")
    epsilon: float = option(0.4, source="official code: the share of candidates that are drawn anew")

    def __post_init__(self) -> None:
        require_at_least(self, 1, "candidates", "rounds")
        if self.radius <= 0 or not 0 <= self.epsilon <= 1:
            raise ValueError(f"radius must be positive and epsilon in [0, 1], got {self.radius} and {self.epsilon}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise."""
        require_noise(model)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        while True:
            yield (yield from self.trajectory(problem))

    def trajectory(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One trajectory, looking up after each round."""
        sampler, noise = problem.sampler, problem.draw_noise(1)
        prediction = sampler.predict(sampler.start(noise[:, 0]), 0)
        for step in range(sampler.steps - 1):
            yield None
            pivot = noise[:, step + 1]
            found = look_ahead(problem, prediction, step, pivot[None])
            best, ahead = found.rewards[0], found.prediction.at(0)
            for _ in range(self.rounds):
                drawn = self.around(pivot, problem.generator)
                found = look_ahead(problem, prediction, step, drawn)
                chosen = found.best()
                if bool(found.rewards[chosen] > best):
                    best, pivot = found.rewards[chosen], drawn[chosen]
                    ahead = found.prediction.at(chosen)
                yield None
            noise, prediction = with_row(noise, step + 1, pivot), ahead
        # The last step injects no noise.
        samples = sampler.decode(sampler.step(prediction, sampler.steps - 1, noise[:, -1]))
        return Candidates(samples, problem.reward(samples), noise)

    def around(self, pivot: Tensor, generator: torch.Generator) -> Tensor:
        """Candidates `(candidates, 1, ...)`: `pivot + u radius sqrt(d) direction`, u in [0, 1), or fresh noise."""
        fresh = torch.randn((self.candidates, *pivot.shape), generator=generator, device=pivot.device)
        draws = torch.rand(2, self.candidates, generator=generator, device=pivot.device)
        anew, reach = (one.view(-1, *[1] * pivot.dim()) for one in (draws[0] < self.epsilon, draws[1]))
        norms = fresh.flatten(1).norm(dim=1).view(-1, *[1] * pivot.dim())
        return torch.where(anew, fresh, pivot + reach * self.radius * pivot.numel() ** 0.5 * fresh / norms)
