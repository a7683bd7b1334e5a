"""The null line: what the model makes when nobody selects or optimises.

    x = M(z),    z ~ N(0, I)

with M the sampler and z all noise that it consumes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.scored import scored


@register_method("base", family="baseline", paper="none: the model itself", selects=False)
@dataclass(frozen=True)
class Base:
    """Plain samples, one after another; the latest counts, never the best."""

    samples: int | None = option(None, source="ours: on and on, as long as the others; 1 is the cheapest null line")

    def __post_init__(self) -> None:
        """Refuse to make nothing."""
        if self.samples is not None and self.samples < 1:
            raise ValueError(f"samples must be at least 1, or null for one after another, not {self.samples}")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield one plain sample at a time."""
        for _ in islice(count(), self.samples):
            yield scored(problem, problem.draw_noise(1))
