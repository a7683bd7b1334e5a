"""How strong an image's colours are and how much of it is clipped: both rise when a reward is overdone."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.registry import register_metric
from bench.scoring.pixels import as_bytes, displayed


@register_metric("saturation", higher_is_better=None, paper="https://doi.org/10.1145/965139.807361")
@dataclass(frozen=True)
class Saturation:
    """Mean saturation of the colours (HSV, Smith 1978) and the share of clipped values; compare with `base`."""

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """Two columns in [0, 1] for images `(n, 3, H, W)`.

        `saturation`: mean over pixels of (max - min) / max over the channels, 0 for black.
        `saturation-clipped`: share of values, over pixels and channels, that are 0 or 255 in the stored image.

        Raises:
            ValueError: the samples are no images.
        """
        lightest, darkest = displayed(samples).amax(1), displayed(samples).amin(1)
        stored = as_bytes(samples)
        return {
            # The floor matters for black alone, where max - min is 0 too.
            "saturation": ((lightest - darkest) / lightest.clamp_min(1e-12)).mean((1, 2)),
            "saturation-clipped": ((stored == 0) | (stored == 255)).float().mean((1, 2, 3)),
        }
