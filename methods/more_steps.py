"""The null baseline that spends the budget on denoising: more steps of the same sampler, nothing else.

    x_j = M_j(z),    M_j the sampler in T factor^j steps,    j = 0, 1, 2, ...

Named as a baseline that comparisons at equal time lack by Ma et al. 2025 (https://arxiv.org/abs/2501.09732).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least


@register_method(
    "more-steps", family="baseline", paper="https://arxiv.org/abs/2501.09732", selects=False, own_sampling=True
)
@dataclass(frozen=True)
class MoreSteps:
    """Sample once with the model's steps, then with twice as many, and so on; the latest counts, never the best."""

    factor: int = option(2, source="ours: budgets double too")

    def __post_init__(self) -> None:
        require_at_least(self, 2, "factor")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield samples of ever more steps, all from the first noise, until there are no more steps to add."""
        steps = problem.sampler.steps
        while steps <= problem.sampler.most_steps:
            finer = problem.with_sampling(steps=steps)
            noise = finer.draw_noise(1)
            samples = finer.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)
            steps *= self.factor
