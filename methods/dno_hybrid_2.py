"""DNO for rewards without a gradient, Hybrid-2 (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

Perturbed noise is pushed through the sampler M, so that the reward is compared on images that the model would make;
their differences, weighted by the differences of reward, stand for its gradient. The sampler's Jacobian J is exact:

    x_i = M(z + mu xi_i),  x_0 = M(z),  xi_i ~ N(0, I)
    g_x = sum_i [ r(x_i) - r(x_0) ] (x_i - x_0),   g_x <- g_x / (|g_x| + 1e-3)          H2 = J^T g_x

As in the official code (commit d67386f), the normalisation is all the scaling there is: no 1/mu, no 1/q.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Cost, Problem
from bench.registry import register_method
from bench.sampling.noise_ascent import FreeNoise
from bench.sampling.perturbation import PerturbedAscent, weighted_sum


@register_method("dno-hybrid-2", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class Hybrid2(PerturbedAscent):
    """DNO through the exact sampler; the reward's gradient is estimated from samples of perturbed noise."""

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield each iterate, then estimate the reward's gradient and push it back through the sampler."""
        z = self.begin(problem.draw_noise(self.batch_size))
        while True:
            noise = z.noise
            samples = problem.generate(noise)
            rewards = problem.reward(samples.detach())
            yield Candidates(samples.detach(), rewards, noise.detach())
            gradient = self._gradient(problem, z, samples.detach(), rewards)
            z.ascend((gradient * samples).sum() / self.batch_size)

    @torch.no_grad()
    def _gradient(self, problem: Problem, z: FreeNoise, samples: Tensor, rewards: Tensor) -> Tensor:
        xi = self.directions(problem, z.free)
        perturbed = problem.generate(z.moved(self.mu * xi))
        gains = problem.reward(perturbed).view(-1, self.batch_size) - rewards
        gradient = weighted_sum(gains, perturbed.view(-1, *samples.shape) - samples)
        norm = gradient.flatten(1).norm(dim=1).view(-1, *[1] * (samples.dim() - 1))
        normalised: Tensor = gradient / (norm + 1e-3)
        return normalised

    def cost(self, steps: int, index: int) -> Cost:
        """One sample forwards a yield; from the second yield on one backwards, and the perturbed samples."""
        backward = self.predictions_differentiated(steps) * self.batch_size if index else 0
        n = self.batch_size * (1 + (self.perturbations if index else 0))
        return Cost(predictions=steps * n, decodes=n, rewards=n, backward=backward)
