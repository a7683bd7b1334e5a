"""Kernel inception distance to the images of `base` (Bińkowski et al. 2018, https://arxiv.org/abs/1801.01401)."""

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import option, register_set_metric
from bench.scoring.image_features import INCEPTION, feature_network, feature_sources, feed
from bench.weights.source import Source


@register_set_metric("kid", higher_is_better=False, against_base=True, paper="https://arxiv.org/abs/1801.01401")
@dataclass(frozen=True)
class Kid:
    """Squared maximum mean discrepancy between the features of a method's images and those of `base`, by torchmetrics.

    Says how far a method has left what the model draws by itself, not how good its images are. Unbiased at any number
    of images, and so sometimes below 0.
    """

    feature: str = option(
        INCEPTION, source="Bińkowski et al.; or the hub id or folder of a CLIP, then not the published KID"
    )
    subsets: int = option(100, source="torchmetrics' default")
    subset_size: int = option(1000, source="torchmetrics' default; all images where there are fewer")

    def __post_init__(self) -> None:
        if self.subsets < 1 or self.subset_size < 2:
            raise ValueError(f"subsets must be at least 1 and subset_size 2, got {self.subsets} and {self.subset_size}")

    def sources(self) -> list[Source]:
        """The feature network."""
        return feature_sources(self.feature)

    @torch.no_grad()
    def __call__(self, images: Tensor, base: Tensor) -> float:
        """The mean over random subsets, for images uint8 `(n, 3, H, W)` and `(m, 3, H, W)`; the same at every call.

        Raises:
            Missing: the feature network is not on this machine.
            ValueError: fewer than two images on either side.
        """
        # Here, because it takes a second that a run without it need not wait for.
        from torchmetrics.image.kid import KernelInceptionDistance

        network = feature_network(self.feature, images.device)
        size = min(self.subset_size, len(images), len(base))
        with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
            warnings.simplefilter("ignore")  # that all features are kept in memory
            torch.manual_seed(0)  # torchmetrics draws its subsets from the global stream
            distance = KernelInceptionDistance(network, self.subsets, size).to(images.device)
            feed(distance, images, base)
            return float(distance.compute()[0])
