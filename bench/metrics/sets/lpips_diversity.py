"""How different the images of one prompt look, by LPIPS."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import option, register_set_metric
from bench.scoring.image_features import mean_squared_distance
from bench.scoring.lpips import load_lpips
from bench.scoring.preprocess import shortest_side_cropped
from bench.weights.source import Source
from bench.weights.torch_hub import TorchHubFile


@register_set_metric("lpips-diversity", higher_is_better=True, paper="https://arxiv.org/abs/1801.03924")
@dataclass(frozen=True)
class LpipsDiversity:
    """Mean LPIPS (AlexNet, version 0.1) over all pairs of images, resized to one size for all models."""

    size: int = option(224, source="DAS compares images of 224 x 224")
    backbone: str = option(
        "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
        source="official code: torchvision's AlexNet; or a file",
    )

    def __post_init__(self) -> None:
        if self.size < 31:
            raise ValueError(f"size must be at least 31, which AlexNet's convolutions need, got {self.size}")

    def sources(self) -> list[Source]:
        """The backbone."""
        return [TorchHubFile(self.backbone)]

    @torch.no_grad()
    def __call__(self, images: Tensor) -> float:
        """At least 0, for images of one prompt, uint8 `(n, 3, H, W)`.

        Raises:
            Missing: the backbone is not on this machine.
            ValueError: fewer than two images.
        """
        network = load_lpips(TorchHubFile(self.backbone).find(), images.device)
        embeddings = [network(shortest_side_cropped(one[None] / 255, self.size)) for one in images]
        return mean_squared_distance(torch.cat(embeddings))
