"""A reward of points without a gradient: constant but for jumps."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.registry import ModelSpec, option, register_reward
from bench.scoring.quadratic import check_dimensions, coordinates


@register_reward(
    "shells", differentiable=False, range=None, paper="https://arxiv.org/abs/2501.05803", media=("points",)
)
@dataclass(frozen=True)
class Shells:
    """Minus the number of whole widths between a point and a centre."""

    centre: float | tuple[float, ...] = option(0.0, source="ours: one number for all coordinates, or one for each")
    width: float = option(0.5, source="ours: of a shell")

    def __post_init__(self) -> None:
        if self.width <= 0:
            raise ValueError(f"width must be positive, got {self.width}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose points have another number of coordinates."""
        check_dimensions(model, centre=self.centre)

    def __call__(self, samples: Tensor, prompts: Sequence[str]) -> Tensor:
        """Scores `(n,)` of points `(n, d)`."""
        distance: Tensor = (samples - coordinates(self.centre, samples, "centre")).norm(dim=1)
        return -(distance / self.width).floor().detach()
