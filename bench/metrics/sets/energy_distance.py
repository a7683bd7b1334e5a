"""How far a set of points lies from the model's own distribution p: measured, because p is known."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.models.mixture.target import DRAWS, distribution_of
from bench.registry import ModelSpec, SetTask, register_set_metric
from bench.scoring.energy import energy_distance


@register_set_metric(
    "energy-distance",
    higher_is_better=False,
    told_task=True,
    paper="https://doi.org/10.1016/j.jspi.2013.03.018",
    media=("points",),
)
@dataclass(frozen=True)
class EnergyDistance:
    """Energy distance (Székely & Rizzo 2013) between a method's points and draws of the model's mixture.

    A set holds a point a cell: the one that stands for its method, which is the best of all that it offered, also of a
    population, or the latest of a method that does not select, such as `base`. So picking the best shows as distance.
    """

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose distribution is not known."""
        distribution_of(model)

    def __call__(self, points: Tensor, task: SetTask) -> tuple[float, float]:
        """The distance, about 0 for draws of p, and its standard error; points `(n, d)`.

        Raises:
            ValueError: fewer than three points, or a model whose distribution is not known.
        """
        exact = distribution_of(task.model).draw(DRAWS, torch.Generator().manual_seed(0))
        return energy_distance(points.double().cpu(), exact)
