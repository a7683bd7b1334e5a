"""The null baseline that spends the budget on guidance: tries scales of classifier-free guidance, keeps the best.

    eps = eps_empty + w (eps_text - eps_empty),    x_w = M_w(z),    z ~ N(0, I)
    x = x_w with the largest r(x_w), over all scales w and noises z so far

with M_w the sampler at scale w. "Guidance Matters" (https://arxiv.org/abs/2602.22570) finds that raising the scale
alone competes with most guidance methods on human-preference rewards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.scored import scored


@register_method("cfg-sweep", family="baseline", paper="https://arxiv.org/abs/2602.22570", own_sampling=True)
@dataclass(frozen=True)
class CFGSweep:
    """Sample the same noise under each guidance scale, then fresh noise, and so on; the harness keeps the best."""

    scales: tuple[float, ...] = option(
        (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0), source="ours: around the 5 of DNO and the 7.5 of SD"
    )

    def __post_init__(self) -> None:
        if not self.scales or min(self.scales) < 1:
            raise ValueError(f"scales must be numbers of at least 1, which is no guidance, got {self.scales}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model without guidance.

        Raises:
            ValueError: the model has none.
        """
        if not hasattr(model, "guidance"):
            raise ValueError("the model has no classifier-free guidance to sweep")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield a sample at a time, the model's own scale first."""
        guided = [problem, *(problem.with_sampling(guidance=scale) for scale in self.scales)]
        while True:
            noise = problem.draw_noise(1)
            for one in guided:
                yield scored(one, noise)
