"""DNO for rewards without a gradient, Hybrid-1 (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

The reward's gradient is estimated by Gaussian perturbation of the image x = M(z), xi_i ~ N(0, I); the sampler's
Jacobian J is exact:

    g_x = 1/q sum_i [ r(x + mu xi_i) - r(x) ] / mu xi_i          H1 = J^T g_x

This is the standard form of the estimator; the official code has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import register_method
from bench.sampling.perturbation import PerturbedAscent, weighted_sum


@register_method("dno-hybrid-1", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class Hybrid1(PerturbedAscent):
    """DNO through the exact sampler; the reward's gradient is estimated from perturbed images."""

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield each iterate, then estimate the reward's gradient and push it back through the sampler."""
        z = self.begin(problem)
        while True:
            noise = z.noise
            samples = z.generate(noise)
            rewards = problem.reward(samples.detach())
            yield Candidates(samples.detach(), rewards, noise.detach())
            gradient = self._gradient(problem, samples.detach(), rewards)
            z.ascend((gradient * samples).flatten(1).sum(1))

    def _gradient(self, problem: Problem, samples: Tensor, rewards: Tensor) -> Tensor:
        xi = self.directions(problem, samples)
        perturbed = problem.reward((samples + self.mu * xi).flatten(0, 1))
        slopes = (perturbed.view(-1, len(rewards)) - rewards) / self.mu
        return weighted_sum(slopes, xi) / len(xi)
