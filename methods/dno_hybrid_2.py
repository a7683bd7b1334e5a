"""DNO for rewards without a gradient, Hybrid-2 (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

Perturbed noise is pushed through the sampler M, so that the reward is compared on images that the model would make;
their differences, weighted by the differences of reward, stand for its gradient. The sampler's Jacobian J is exact:

    x_i = M(z + mu xi_i),  x_0 = M(z),  xi_i ~ N(0, I)
    g_x = sum_i [ r(x_i) - r(x_0) ] (x_i - x_0),   g_x <- g_x / (|g_x| + 1e-3)          H2 = J^T g_x

As in the official code (commit d67386f), the normalisation is all the scaling there is: no 1/mu, no 1/q. The official
tutorial normalises each coordinate over the samples of the batch instead, which keeps what the samples differ in.
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


@register_method("dno-hybrid-2", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class Hybrid2(PerturbedAscent):
    """DNO through the exact sampler; the reward's gradient is estimated from samples of perturbed noise."""

    normalize_over: Literal["sample", "batch"] = option("sample", source="official code; its tutorial: batch")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.normalize_over == "batch" and self.batch_size < 2:
            raise ValueError("normalize_over: batch needs a batch_size of at least 2")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield each iterate, then estimate the reward's gradient and push it back through the sampler."""
        z = self.begin(problem)
        while True:
            noise = z.noise
            samples = z.generate(noise)
            rewards = problem.reward(samples.detach())
            yield Candidates(samples.detach(), rewards, noise.detach())
            gradient = self._gradient(problem, z, samples.detach(), rewards)
            z.ascend((gradient * samples).flatten(1).sum(1))

    @torch.no_grad()
    def _gradient(self, problem: Problem, z: FreeNoise, samples: Tensor, rewards: Tensor) -> Tensor:
        xi = self.directions(problem, z.free)
        perturbed = z.generate(z.moved(self.mu * xi))
        gains = problem.reward(perturbed).view(-1, len(rewards)) - rewards
        return self._normalised(weighted_sum(gains, perturbed.view(-1, *samples.shape) - samples))

    def _normalised(self, gradient: Tensor) -> Tensor:
        batches = gradient.unflatten(0, (-1, self.batch_size))
        over = 1 if self.normalize_over == "batch" else tuple(range(2, batches.dim()))
        normalised: Tensor = batches / (torch.linalg.vector_norm(batches, dim=over, keepdim=True) + 1e-3)
        return normalised.flatten(0, 1)
