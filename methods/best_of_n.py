"""Best-of-N, or random search over the noise (Ma et al. 2025, https://arxiv.org/abs/2501.09732)."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method


@register_method("best-of-n", family="search", paper="https://arxiv.org/abs/2501.09732")
@dataclass(frozen=True)
class BestOfN:
    """Draw fresh noise for ever; the harness keeps the best."""

    batch_size: int = option(
        4, source="ours: samples scored between two yields; N itself is whatever the budget allows"
    )

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {self.batch_size}")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield batches of scored fresh samples."""
        while True:
            noise = problem.draw_noise(self.batch_size)
            samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)
