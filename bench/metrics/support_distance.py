"""How far a sample lies from what its model's training distribution can hold: known for the embedded models only."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.models.emoji.support import support_distance
from bench.models.ring import Ring
from bench.models.ring.data import distance_to_ring
from bench.registry import ModelSpec, register_metric


@register_metric(
    "support-distance", higher_is_better=False, paper="bench/models/emoji/README.md", media=("emoji", "points")
)
@dataclass(frozen=True)
class SupportDistance:
    """Distance to the nearest scene that the prompt allows (root mean square of pixels), or to the ring."""

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model of points that is not the ring.

        Raises:
            ValueError: says so.
        """
        if hasattr(model, "dimensions") and not isinstance(model, Ring):
            raise ValueError("of models of points it knows the ring's support alone")

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """One column for images `(n, 3, 32, 32)` or points `(n, 2)`.

        Raises:
            ValueError: samples of another shape, whose distribution is not known.
        """
        if samples.shape[1:] == (2,):
            return {"support-distance": distance_to_ring(samples)}
        if samples.shape[1:] == (3, 32, 32):
            return {"support-distance": support_distance(samples, prompts)}
        raise ValueError(f"no support is known for samples of shape {tuple(samples.shape[1:])}")
