"""Best-of-N, or random search over the noise (Ma et al. 2025, https://arxiv.org/abs/2501.09732).

    x_i = M(z_i),    z_i ~ N(0, I),    i = 1..N
    x = x_i with the largest r(x_i)

with M the sampler and z_i all noise that it consumes. N is what the budget allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.batches import BatchSize, resolved
from bench.sampling.scored import scored


@register_method("best-of-n", family="search", paper="https://arxiv.org/abs/2501.09732")
@dataclass(frozen=True)
class BestOfN:
    """Draw fresh noise for ever; the harness keeps the best."""

    batch_size: BatchSize = option(
        "auto", source="ours: the device's fastest; the samples are the same in any batch, N is what the budget allows"
    )

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield batches of scored fresh samples."""
        size = resolved(self.batch_size, problem)
        while True:
            yield scored(problem, problem.draw_noise(size))
