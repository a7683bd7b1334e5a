"""Fréchet inception distance to the images of `base` (Heusel et al. 2017, https://arxiv.org/abs/1706.08500)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import option, register_set_metric
from bench.scoring.image_features import INCEPTION, feature_network, feature_sources, feed
from bench.weights.source import Source


@register_set_metric("fid", higher_is_better=False, against_base=True, paper="https://arxiv.org/abs/1706.08500")
@dataclass(frozen=True)
class Fid:
    """Fréchet distance between the features of a method's images and those of `base`, by torchmetrics.

    Says how far a method has left what the model draws by itself, not how good its images are. Its bias falls with the
    number of images and is large while they are fewer than the features: for large runs, compared at equal numbers.
    """

    feature: str = option(
        INCEPTION, source="Heusel et al.; or the hub id or folder of a CLIP, then not the published FID"
    )

    def sources(self) -> list[Source]:
        """The feature network."""
        return feature_sources(self.feature)

    @torch.no_grad()
    def __call__(self, images: Tensor, base: Tensor) -> float:
        """At least 0 but for rounding, for images uint8 `(n, 3, H, W)` and `(m, 3, H, W)`.

        Raises:
            Missing: the feature network is not on this machine.
            ValueError: fewer than two images on either side.
        """
        # Here, because it takes a second that a run without it need not wait for.
        from torchmetrics.image.fid import FrechetInceptionDistance

        distance = FrechetInceptionDistance(feature_network(self.feature, images.device)).to(images.device)
        feed(distance, images, base)
        return float(distance.compute())
