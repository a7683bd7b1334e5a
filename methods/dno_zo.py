"""DNO without any gradient: ZO-SGD on the noise (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

The gradient of r(M(z)) is estimated from rewards alone, along random directions xi_i ~ N(0, I) of the noise:

    forward   g = 1/q sum_i [ r(M(z + mu xi_i)) - r(M(z)) ] / mu xi_i
    central   g = 1/q sum_i [ r(M(z + mu xi_i)) - r(M(z - mu xi_i)) ] / (2 mu) xi_i

This is the standard form of the estimator; the official code has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.noise_ascent import FreeNoise
from bench.sampling.perturbation import PerturbedAscent, weighted_sum


@register_method("dno-zo", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class ZerothOrderDNO(PerturbedAscent):
    """Gradient-free DNO: the gradient on the noise, estimated from the rewards of perturbed noise."""

    estimate: Literal["forward", "central"] = option(
        "forward", source="as second-hand accounts of the paper's equation 10 have it"
    )

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield each iterate, then estimate which way is up."""
        z = self.begin(problem)
        while True:
            noise = z.noise.detach()
            samples, rewards = self._evaluate(problem, z, noise)
            yield Candidates(samples, rewards, noise)
            gradient = self._gradient(problem, z, rewards)
            z.ascend((gradient * z.free).flatten(1).sum(1))

    @torch.no_grad()
    def _gradient(self, problem: Problem, z: FreeNoise, rewards: Tensor) -> Tensor:
        xi = self.directions(problem, z.free)
        _, forward = self._evaluate(problem, z, z.moved(self.mu * xi))
        slopes = (forward.view(-1, len(rewards)) - rewards) / self.mu
        if self.estimate == "central":
            _, backward = self._evaluate(problem, z, z.moved(-self.mu * xi))
            slopes = (forward - backward).view(-1, len(rewards)) / (2 * self.mu)
        return weighted_sum(slopes, xi) / len(xi)

    @torch.no_grad()
    def _evaluate(self, problem: Problem, z: FreeNoise, noise: Tensor) -> tuple[Tensor, Tensor]:
        samples = z.generate(noise)
        return samples, problem.reward(samples)
