"""Truncated CLIP entropy (Ibarrola & Grace 2024, https://arxiv.org/abs/2403.13826)."""

from dataclasses import dataclass
from math import e, pi

import torch
from torch import Tensor

from bench.registry import option, register_set_metric
from bench.scoring.clip import OPENAI_VIT_L, clip_folder
from bench.scoring.image_features import clip_features
from bench.weights.source import Source


@register_set_metric("truncated-clip-entropy", higher_is_better=True, paper="https://arxiv.org/abs/2403.13826")
@dataclass(frozen=True)
class TruncatedClipEntropy:
    """Entropy of a Gaussian with the largest eigenvalues of the covariance of CLIP image embeddings, in nats.

    The authors' package takes CLIP ViT-B/32; values of different CLIPs or numbers of eigenvalues cannot be compared.
    """

    eigenvalues: int = option(20, source="the authors' package image-diversity 0.1.6: n_eigs")
    clip: str = option(OPENAI_VIT_L, source="ours: the CLIP of the other metrics; a hub id or a folder")

    def __post_init__(self) -> None:
        if self.eigenvalues < 1:
            raise ValueError(f"eigenvalues must be at least 1, got {self.eigenvalues}")

    def sources(self) -> list[Source]:
        """The CLIP."""
        return [clip_folder(self.clip)]

    def __call__(self, images: Tensor) -> float:
        """Half the sum of log(2 pi e lambda) over the largest eigenvalues, for images uint8 `(n, 3, H, W)`.

        Raises:
            Missing: the CLIP is not on this machine.
            ValueError: not more images than eigenvalues, so that the covariance has too low a rank.
        """
        if len(images) <= self.eigenvalues:
            raise ValueError(f"{self.eigenvalues} eigenvalues need more images than that, there are {len(images)}")
        return truncated_entropy(clip_features(images, self.clip), self.eigenvalues)


def truncated_entropy(features: Tensor, eigenvalues: int) -> float:
    """The entropy of features `(n, d)`, in nats; their covariance is the unbiased one."""
    centred = features.double() - features.double().mean(0)
    # Squared singular values: the eigenvalues of the covariance without the covariance, whose d is larger than n.
    largest = torch.linalg.svdvals(centred)[:eigenvalues].square() / (len(features) - 1)
    return float((2 * pi * e * largest).log().sum() / 2)
