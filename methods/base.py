"""The null line: what the model makes when nobody selects or optimises.

    x = M(z),    z ~ N(0, I)

with M the sampler and z all noise that it consumes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import register_method
from bench.sampling.scored import scored


@register_method("base", family="baseline", paper="none: the model itself", selects=False)
@dataclass(frozen=True)
class Base:
    """Plain samples, one after another; the latest counts, never the best."""

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield one plain sample at a time."""
        while True:
            yield scored(problem, problem.draw_noise(1))
