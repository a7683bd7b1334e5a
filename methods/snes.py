"""Separable natural evolution strategies (Schaul et al. 2011) on noise, as in Jajal et al. 2025.

    z_k = m + s xi_k,    xi_k ~ N(0, I),    k = 1..n, ranked by r(M(S(z_k)))
    m <- m + s sum_k u_k xi_(k),    s <- s exp(eta / 2 sum_k u_k (xi_(k)^2 - 1))
    u_k = a_k / sum_j a_j - 1 / n,    a_k = max(0, log(n / 2 + 1) - log k),    eta = (3 + log d) / (5 sqrt(d))

with M the sampler, S the way onto the sphere of each row, xi_(k) that of the k-th largest reward, and d numbers in z_k,
each with an s of its own. The library that has this update, EvoTorch, would bring a cluster framework with it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.evolution import Evolution
from bench.sampling.scored import scored
from bench.sampling.sphere import searched_rows


@register_method("snes", family="evolution", paper="https://arxiv.org/abs/2506.00299")
@dataclass(frozen=True)
class Snes(Evolution):
    """A normal distribution over noise follows the natural gradient of the expected reward; it is drawn on the sphere.

    All of the noise that the sampler uses is one vector, the initial latent alone at eta 0; what is sampled of it lies
    where Gaussian noise lies, row by row.
    """

    population: int = option(16, source="official code, commit a3f2f00: configs/sd.yaml")
    spread: float = option(0.2, source="official code: stdev_init of SNES")
    batch_size: int = option(4, source="ours: individuals generated at once, an offer a batch")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the noise that the distribution is centred on at first, then each generation."""
        first, rows = problem.draw_noise(1), searched_rows(problem.sampler)
        mean, deviation = first[:, rows], torch.full_like(first[:, rows], self.spread)
        yield scored(problem, first)
        while True:
            shape = (self.population, *mean.shape[1:])
            drawn = torch.randn(shape, generator=problem.generator, device=mean.device)
            rewards = yield from self.score(problem, first, rows, mean + deviation * drawn)
            mean, deviation = updated(mean, deviation, drawn, rewards)


def updated(mean: Tensor, deviation: Tensor, drawn: Tensor, rewards: Tensor) -> tuple[Tensor, Tensor]:
    """The distribution `(1, ...)` after a generation of standard normal `drawn` `(n, ...)` and its rewards `(n,)`.

    Schaul et al. 2011, algorithm SNES: `m += s sum u z`, `s *= exp(eta / 2 sum u (z^2 - 1))` with rank-based utilities.
    """
    n, d = len(drawn), mean.numel()
    ranked = drawn[rewards.argsort(descending=True)]
    raw = [max(0.0, math.log(n / 2 + 1) - math.log(rank)) for rank in range(1, n + 1)]
    utilities = torch.tensor(raw, device=mean.device, dtype=mean.dtype) / sum(raw) - 1 / n
    rate = (3 + math.log(d)) / (5 * math.sqrt(d))
    step = torch.einsum("n,n...->...", utilities, ranked)
    growth = torch.einsum("n,n...->...", utilities, ranked.square() - 1)
    return mean + deviation * step, deviation * (rate / 2 * growth).exp()
