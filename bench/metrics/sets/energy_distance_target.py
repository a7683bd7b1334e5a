"""How far a set of points lies from the exact tilted target p(x) exp(r(x) / temperature)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.models.mixture.target import DRAWS, distribution_of, draw_target
from bench.registry import ModelSpec, SetTask, option, register_set_metric
from bench.scoring.energy import energy_distance


@register_set_metric(
    "energy-distance-target",
    higher_is_better=False,
    told_task=True,
    paper="https://doi.org/10.1016/j.jspi.2013.03.018",
    media=("points",),
)
@dataclass(frozen=True)
class EnergyDistanceTarget:
    """Energy distance (Székely & Rizzo 2013) between a method's points and draws of the tilted target.

    r is the reward that the method pursued. A set holds a point a cell: the one that stands for its method, which is
    the best of all that it offered, also of a population. So a sampler of the target is judged by what it delivers,
    and the best of many particles lies beyond the target; `info/weighted_reward` is of the whole population.
    """

    temperature: float = option(1.0, source="DAS's notebooks: kl_weight; a sampler is judged at its own")

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise ValueError(f"temperature must be positive, got {self.temperature:g}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose distribution is not known."""
        distribution_of(model)

    def __call__(self, points: Tensor, task: SetTask) -> tuple[float, float]:
        """The distance, about 0 for draws of the target, and its standard error; points `(n, d)`.

        Raises:
            ValueError: fewer than three points, a model whose distribution is not known, or no target.
        """
        generator, mixture = torch.Generator().manual_seed(0), distribution_of(task.model)
        exact = draw_target(mixture, task.reward, task.prompt, self.temperature, DRAWS, generator)
        return energy_distance(points.double().cpu(), exact)
