"""How different the images of one prompt look to CLIP."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import normalize

from bench.registry import option, register_set_metric
from bench.scoring.clip import OPENAI_VIT_L, clip_folder
from bench.scoring.image_features import clip_features, mean_squared_distance
from bench.weights.source import Source


@register_set_metric("clip-diversity", higher_is_better=True, paper="https://arxiv.org/abs/2103.00020")
@dataclass(frozen=True)
class ClipDiversity:
    """Mean over all pairs of the cosine distance, 1 - cos, of CLIP image embeddings.

    The field reports several distances under this name (squared Euclidean ones are twice this, if normalised) and
    several CLIPs: only values of the same two can be compared.
    """

    clip: str = option(OPENAI_VIT_L, source="ours: the CLIP of the other metrics; a hub id or a folder")

    def sources(self) -> list[Source]:
        """The CLIP."""
        return [clip_folder(self.clip)]

    def __call__(self, images: Tensor) -> float:
        """In [0, 2], for images of one prompt, uint8 `(n, 3, H, W)`.

        Raises:
            Missing: the CLIP is not on this machine.
            ValueError: fewer than two images.
        """
        return mean_squared_distance(normalize(clip_features(images, self.clip))) / 2
