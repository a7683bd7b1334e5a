"""A linear reward of points: under it a Gaussian mixture's tilted target is known in closed form."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.registry import ModelSpec, option, register_reward
from bench.scoring.quadratic import QuadraticForm, check_dimensions, coordinates


@register_reward("linear", differentiable=True, range=None, paper="https://arxiv.org/abs/2501.05803", media=("points",))
@dataclass(frozen=True)
class Linear:
    """The slope times the point, summed over its coordinates."""

    slope: float | tuple[float, ...] = option(1.0, source="ours: a number for all coordinates, or one for each")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose points have another number of coordinates."""
        check_dimensions(model, slope=self.slope)

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of points `(n, d)`."""
        return self.form(samples)(samples)

    def form(self, like: Tensor) -> QuadraticForm:
        """The slope, and no curvature."""
        zero = coordinates(0.0, like, "slope")
        return QuadraticForm(coordinates(self.slope, like, "slope"), zero, zero)
