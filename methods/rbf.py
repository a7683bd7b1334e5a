"""Rollover budget forcing, RBF (Kim et al. 2025, https://arxiv.org/abs/2503.19385).

A step may make q tries beside those that earlier ones left, n in all; r* begins as the best start's r(x0(x)):

    x_k = mean(x) + std xi_k,    k = 1, 2, ... until r(x0(x_k)) > r* or k = n
    x' = x_k with the largest r(x0(x_k)),    r* <- max(r*, r(x0(x'))),    n <- n - k + q
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.look_ahead import look_ahead, with_row
from bench.sampling.particles import require_noise


@register_method("rbf", family="search", paper="https://arxiv.org/abs/2503.19385")
@dataclass(frozen=True)
class Rbf:
    """At each step candidates are drawn one by one until one beats the best reward so far; what is left rolls over.

    What is left at the last step that injects noise is dropped. A flow needs noise at each step for that: the SDE of
    the schedule at eta > 0.
    """

    predictions: int = option(
        250,
        source="official code, commit b65bb07: max_nfe 500, which a batch_size of 2 shares; over a whole trajectory",
    )
    starts: int = option(25, source="official code: init_n_particles, of which the best goes on")

    def __post_init__(self) -> None:
        if not 1 <= self.starts < self.predictions:
            raise ValueError(f"starts must be in 1..{self.predictions - 1}, below predictions, got {self.starts}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise, or more steps than there are predictions for.

        Raises:
            ValueError: says why.
        """
        require_noise(model)
        if self.quota(model.steps) < 1:
            raise ValueError(f"predictions must be at least {self.starts + model.steps - 1} for {model.steps} steps")

    def quota(self, steps: int) -> int:
        """Candidates of each step, before anything rolls over."""
        return (self.predictions - self.starts) // (steps - 1)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        while True:
            yield (yield from self.trajectory(problem))

    def trajectory(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One trajectory, looking up after each candidate."""
        sampler, noise = problem.sampler, problem.draw_noise(self.starts)
        first = sampler.predict(sampler.start(noise[:, 0]), 0)
        rewards = problem.reward(sampler.decode(first.x0))
        start = rewards.argmax()
        best, noise = rewards[start], noise[start][None]
        prediction, left = first.at(start[None]), 0
        for step in range(sampler.steps - 1):
            left += self.quota(sampler.steps)
            tried, drawn = torch.full_like(best, -torch.inf), noise[:, step + 1]
            while left > 0 and not bool(tried > best):
                yield None
                found = look_ahead(problem, prediction, step, drawn[None])
                if bool(found.rewards[0, 0] > tried):
                    tried, taken = found.rewards[0, 0], drawn
                    ahead = found.prediction.at(0)
                drawn = torch.randn(drawn.shape, generator=problem.generator, device=drawn.device)
                left -= 1
            noise, prediction, best = with_row(noise, step + 1, taken), ahead, torch.maximum(best, tried)
        # The last step injects no noise.
        samples = sampler.decode(sampler.step(prediction, sampler.steps - 1, noise[:, -1]))
        return Candidates(samples, problem.reward(samples), noise)
