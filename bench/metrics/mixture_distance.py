"""How far a point lies from a Gaussian mixture: measured, because the mixture is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.options import MixtureOptions
from bench.registry import ModelSpec, register_metric

DRAWS = 20_000


@register_metric(
    "mixture-distance", higher_is_better=False, paper="https://arxiv.org/abs/2501.05803", media=("points",)
)
@dataclass(frozen=True)
class MixtureDistance(MixtureOptions):
    """Standard deviations to the nearest component, over sqrt(d): near 1 for draws of the mixture, whatever d is.

    `mixture-distance-tail` is the probability that a draw of the mixture is less likely than the point, from 20,000
    draws: its standard error is at most 0.0035. It is uniform on [0, 1] for draws, and 0 far out.
    """

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model that is another mixture.

        Raises:
            ValueError: says what to do.
        """
        if isinstance(model, MixtureOptions) and not model.distribution().is_close(self._known):
            raise ValueError("it judges another mixture; give the metric the options of the model's")

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """Two columns for points `(n, d)`.

        Raises:
            ValueError: points of another dimension than the mixture's.
        """
        mixture, points = self._known, samples.double().cpu()
        if points.shape[1:] != mixture.means.shape[1:]:
            raise ValueError(f"the mixture has {mixture.means.shape[1]} coordinates, the points {points.shape[1]}")
        tail = (self._densities[None] <= mixture.log_density(points)[:, None]).double().mean(1)
        return {"mixture-distance": mixture.distance(points), "mixture-distance-tail": tail}

    @cached_property
    def _known(self) -> GaussianMixture:
        return self.distribution()

    @cached_property
    def _densities(self) -> Tensor:
        drawn = self._known.draw(DRAWS, torch.Generator().manual_seed(0))
        return self._known.log_density(drawn)
