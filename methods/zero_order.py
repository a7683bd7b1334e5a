"""Zero-order search (Ma et al. 2025, https://arxiv.org/abs/2501.09732): noise moves to its best neighbour.

    z_k = c z + sqrt(1 - c^2) |z| v_k,    v_k random with |v_k| = 1, orthogonal to z,    k = 1..candidates
    z <- z_k with the largest r(M(z_k)), if that is more than r(M(z));    else z ~ N(0, I)

with M the sampler and c the cosine; each row of the noise z moves by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.scored import scored
from bench.sampling.sphere import neighbours, searched_rows, with_rows


@register_method("zero-order", family="search", paper="https://arxiv.org/abs/2501.09732")
@dataclass(frozen=True)
class ZeroOrder:
    """Neighbours of a pivot are tried; the best becomes the pivot if it beats it, else a fresh pivot is drawn.

    The paper searches the initial latent of an ODE, as is done here at eta 0. A stochastic sampler's other noise
    decides as much: there each row of it moves, at the same angle to the pivot's.
    """

    candidates: int = option(4, source="sayakpaul/tt-scale-flux, commit 68f19b7: num_neighbors")
    cosine: float = option(0.95, source="tt-scale-flux: threshold, the cosine between a neighbour and its pivot")

    def __post_init__(self) -> None:
        if self.candidates < 1 or not 0 < self.cosine < 1:
            raise ValueError(
                f"candidates must be at least 1 and cosine in (0, 1), got {self.candidates} and {self.cosine}"
            )

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield each pivot, and the neighbours of each round."""
        rows = searched_rows(problem.sampler)
        while True:
            pivot = problem.draw_noise(1)
            offered = scored(problem, pivot)
            yield offered
            best, improved = offered.rewards.max(), True
            while improved:
                moved = neighbours(pivot[0, rows], self.cosine, self.candidates, problem.generator)
                noise = with_rows(pivot, rows, moved)
                offered = scored(problem, noise)
                yield offered
                improved = bool(offered.rewards.max() > best)
                best, pivot = offered.rewards.max(), noise[offered.rewards.argmax()][None]
