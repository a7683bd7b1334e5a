"""The quadratic rewards of DAS's toys (Kim et al. 2025, https://arxiv.org/abs/2501.05803, official notebooks)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from torch import Tensor

from bench.registry import ModelSpec, option, register_reward
from bench.scoring.quadratic import QuadraticForm, check_dimensions, coordinates


@register_reward(
    "quadratic", differentiable=True, range=None, paper="https://arxiv.org/abs/2501.05803", media=("points",)
)
@dataclass(frozen=True)
class Quadratic:
    """Minus the squared distance to a centre, each coordinate weighted by its curvature."""

    curvatures: float | tuple[float, ...] = option(
        (0.01, 1.0), source="DAS's first mixture: -x^2 / 100 - y^2; one number for all coordinates, or one for each"
    )
    centre: float | tuple[float, ...] = option(0.0, source="DAS's first mixture")
    largest_square: float | None = option(
        None, source="ours; DAS's notebooks clamp squares at 10,000, where guidance diverges"
    )

    def __post_init__(self) -> None:
        if self.largest_square is not None and self.largest_square <= 0:
            raise ValueError(f"largest_square must be positive, got {self.largest_square}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose points have another number of coordinates."""
        check_dimensions(model, curvatures=self.curvatures, centre=self.centre)

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of points `(n, d)`."""
        return self.form(samples)(samples)

    def form(self, like: Tensor) -> QuadraticForm:
        """Curvatures and centre, and no slope."""
        curvatures = coordinates(self.curvatures, like, "curvatures")
        centre = coordinates(self.centre, like, "centre")
        largest = inf if self.largest_square is None else self.largest_square
        return QuadraticForm(coordinates(0.0, like, "slope"), curvatures, centre, largest)
