"""Features of images by which metrics judge them: those of a CLIP, or Inception's as FID was published with."""

from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from bench.scoring.clip import clip_folder, load_towers
from bench.weights.checkpoint import read_tensors
from bench.weights.package import Package
from bench.weights.source import Source
from bench.weights.torch_hub import TorchHubFile

if TYPE_CHECKING:
    from torchmetrics import Metric
    from transformers import CLIPImageProcessorPil

INCEPTION = "inception"
_BATCH = 32
# The weights of the original FID, as torch-fidelity 0.4 converts and pins them (feature_extractor_inceptionv3.py).
_WEIGHTS = TorchHubFile(
    "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
)


@torch.no_grad()
def clip_features(images: Tensor, clip: str) -> Tensor:
    """Projected embeddings `(n, d)`, not normalised, of images, uint8 `(n, 3, H, W)`, through Pillow as CLIP's are.

    Args:
        images: as they are stored.
        clip: a CLIP's hub id or folder, its preprocessing beside it.

    Raises:
        Missing: the CLIP is not on this machine.
    """
    processor, towers = _preprocessing(clip), load_towers(clip_folder(clip), images.device)
    features = []
    for batch in images.split(_BATCH):
        pixels = processor(list(batch.cpu()), return_tensors="pt")["pixel_values"]
        features.append(towers.get_image_features(pixels.to(images.device)).pooler_output)
    return torch.cat(features)


@cache
def _preprocessing(clip: str) -> "CLIPImageProcessorPil":
    from transformers import CLIPImageProcessorPil

    return CLIPImageProcessorPil.from_pretrained(clip_folder(clip).find())


def mean_squared_distance(features: Tensor) -> float:
    """Mean over all pairs of the squared Euclidean distance of features `(n, d)`.

    Raises:
        ValueError: fewer than two.
    """
    if len(features) < 2:
        raise ValueError(f"it compares pairs and there are {len(features)} images")
    return float(torch.pdist(features).square().mean())


class ClipFeatures(nn.Module):
    """CLIP image embeddings, as Kynkäänniemi et al. 2022 (https://arxiv.org/abs/2203.06026) have them.

    Attributes:
        num_features: d.
    """

    def __init__(self, clip: str, device: torch.device) -> None:
        super().__init__()
        self.clip = clip
        self.num_features = int(load_towers(clip_folder(clip), device).config.projection_dim)

    def forward(self, images: Tensor) -> Tensor:
        """Embeddings `(n, d)`, not normalised, of images, uint8 `(n, 3, H, W)`."""
        return clip_features(images, self.clip)


def feature_sources(feature: str) -> list[Source]:
    """What the network called `feature` needs."""
    if feature == INCEPTION:
        return [Package("torch_fidelity", extra="fid"), _WEIGHTS]
    return [clip_folder(feature)]


@cache
def feature_network(feature: str, device: torch.device) -> nn.Module:
    """Images, uint8 `(n, 3, H, W)`, to features `(n, d)`; `feature` is "inception" or a CLIP's hub id or folder.

    Raises:
        Missing: the network is not on this machine.
    """
    for source in feature_sources(feature):
        source.find()
    return _inception().to(device) if feature == INCEPTION else ClipFeatures(feature, device)


def feed(distance: "Metric", images: Tensor, base: Tensor) -> None:
    """Hand a method's images and those of `base`, uint8 `(n, 3, H, W)` and `(m, 3, H, W)`, to a metric of torchmetrics.

    Raises:
        ValueError: fewer than two images on either side.
    """
    if min(len(images), len(base)) < 2:
        raise ValueError(f"it needs two images of each, there are {len(images)} and {len(base)} of `base`")
    for part, is_base in ((images, False), (base, True)):
        for batch in part.split(_BATCH):
            distance.update(batch, real=is_base)


def _inception() -> nn.Module:
    from torchmetrics.image.fid import NoTrainInceptionV3

    path = _WEIGHTS.find()
    # torch-fidelity unpickles whatever is in the file: refused here if that is more than tensors.
    read_tensors(path)
    network: nn.Module = NoTrainInceptionV3("inception-v3-compat", ["2048"], str(path), antialias=False)  # as published
    network.num_features = 2048  # type: ignore[assignment]
    return network
