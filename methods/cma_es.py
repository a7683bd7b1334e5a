"""CMA-ES (Hansen & Ostermeier 2001) on noise, as in Jajal et al. 2025; the evolution is the library's (`cma`).

A generation is drawn around a mean m, which moves to the weighted mean of its better half:

    z_k = m + s c xi_k,    xi_k ~ N(0, I),    r_k = r(M(S(z_k)))
    m <- sum_k w_k z_(k),    z_(k) the noise of the k-th largest reward

M is the sampler and S the way onto the sphere of each row, which the update knows nothing of. The step size s and the
scale c of each coordinate adapt to the path of m and to how the ranked z_(k) are spread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.evolution import Evolution
from bench.sampling.scored import scored
from bench.sampling.sphere import searched_rows


@register_method("cma-es", family="evolution", paper="https://arxiv.org/abs/2506.00299")
@dataclass(frozen=True)
class CmaEs(Evolution):
    """A normal distribution over noise, whose spread along each coordinate adapts; it is drawn on the sphere.

    All of the noise that the sampler uses is one vector, the initial latent alone at eta 0; what is sampled of it lies
    where Gaussian noise lies, row by row. The library works on the host, on the clock: at the 835,584 numbers of 50
    stochastic steps of Stable Diffusion v1.5 its `ask` and `tell` take seconds a generation.
    """

    population: int = option(16, source="official code, commit a3f2f00: configs/sd.yaml")
    spread: float = option(0.1, source="official code: stdev_init of CMA-ES, which is separable there too")
    batch_size: int = option(4, source="ours: individuals generated at once, an offer a batch")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the noise that the distribution is centred on at first, then each generation."""
        first, rows = problem.draw_noise(1), searched_rows(problem.sampler)
        yield scored(problem, first)
        evolution = self.evolution(first[:, rows], problem.generator)
        while True:
            asked = evolution.ask()
            drawn = torch.stack([torch.as_tensor(one, dtype=first.dtype) for one in asked]).to(first.device)
            individuals = drawn.view(-1, len(rows), *first.shape[2:])
            rewards = yield from self.score(problem, first, rows, individuals)
            evolution.tell(asked, [-reward for reward in rewards.tolist()])

    def evolution(self, first: Tensor, generator: torch.Generator) -> Any:  # noqa: ANN401 - the library has no types
        """The strategy around `first`, separable, its random numbers from the method's own stream."""
        import cma

        def normal(*shape: int) -> Any:  # noqa: ANN401
            return torch.randn(shape, generator=generator, device=generator.device, dtype=torch.float64).cpu().numpy()

        options = {
            "popsize": self.population,
            "CMA_diagonal": True,
            "randn": normal,
            "seed": float("nan"),  # else the library seeds numpy's global stream
            "verbose": -9,
            "maxiter": float("inf"),
        }
        return cma.CMAEvolutionStrategy(first.flatten().double().cpu().numpy(), self.spread, options)
