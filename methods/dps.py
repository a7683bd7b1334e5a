"""Diffusion posterior sampling, DPS (Chung et al., ICLR 2023, https://arxiv.org/abs/2209.14687).

The paper divides the gradient of a squared residual by the residual. A reward has none: as in TFG's code, where DPS is
a case of it, the gradient of the reward is divided by the reward itself:

    x' = the sampler's step + (alpha' / alpha) scale grad_x r / |r|,    r the reward of the predicted clean latent
"""

from collections.abc import Generator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.guidance import promise
from bench.sampling.guided_path import GuidedPath
from bench.sampling.levels import signal_growth


@register_method("dps", family="guidance", paper="https://arxiv.org/abs/2209.14687", gradient=True)
@dataclass(frozen=True)
class Dps:
    """The latent moves along the gradient of the reward of its predicted clean latent, over that reward.

    A stochastic sampler's last step, which injects no noise, is left alone; at eta 0 no noise makes the sample.
    """

    scale: float = option(1.0, source="ours; official code, commit 4962d6e: 0.3 to 1 for norms of residuals")
    floor: float = option(0.01, source="ours: a smaller |r| counts as this; rewards cross zero, residuals do not")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        require_positive(self, "scale", "floor")
        require_at_least(self, 1, "batch_size")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        while True:
            path = GuidedPath(problem, self.batch_size)
            for step in path.steps:
                path.take(step, *self.pushed(problem, path.latent, step))
                yield None
            yield path.offer()

    def pushed(self, problem: Problem, latent: Tensor, step: int) -> tuple[Prediction, Tensor]:
        """The prediction for `(n, *latent_shape)`, and how far to move the next latent, of this shape."""
        prediction, rewards, gradient = promise(problem, latent, step)
        size = rewards.abs().clamp_min(self.floor).view(-1, *[1] * (latent.dim() - 1))
        return prediction, signal_growth(problem.sampler, step) * self.scale * gradient / size
