"""Pulls a method as the harness does, without a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor

from bench.problem import Candidates, Prediction
from bench.problem.breaches import checked_run
from bench.testing.gaussian import GaussianModel


def pulled(run: Iterator[Candidates | None], offers: int) -> Iterator[Candidates | None]:
    """Whatever `run` yields until it has made so many offers; a bare yield is None.

    What it offers is copied at once, as the harness does. It is sent a share of the budget that falls to nearly 0.
    """
    generator, made, left = checked_run(run, "under test"), 0, None
    while made < offers:
        try:
            offered = generator.send(left)
        except StopIteration:
            return
        made += offered is not None
        left = 1 - made / (offers + 1)
        yield offered and _copied(offered)


def offers_of(run: Iterator[Candidates | None], count: int) -> list[Candidates]:
    """The first `count` offers of a method, fewer if it ends before."""
    return [offered for offered in pulled(run, count) if offered is not None]


def _copied(offered: Candidates) -> Candidates:
    noise = None if offered.noise is None else offered.noise.detach().clone()
    return Candidates(offered.samples.detach().clone(), offered.rewards.detach().clone(), noise, offered.info)


@dataclass
class ObservedModel(GaussianModel):
    """The Gaussian model; it notes what it is asked for, under any sampling options.

    Attributes:
        started: the noise of each initial latent, `(n, *latent_shape)`.
        predicted: the step of each prediction.
    """

    started: list[Tensor] = field(default_factory=list)
    predicted: list[int] = field(default_factory=list)

    def start(self, noise: Tensor) -> Tensor:
        """The noise itself."""
        self.started.append(noise.detach().clone())
        return super().start(noise)

    def predict(self, latent: Tensor, step: int, condition: None) -> Prediction:
        """As the Gaussian model."""
        self.predicted.append(step)
        return super().predict(latent, step, condition)
