"""How much fine structure an image has: high where a reward was hacked by texture, low where by blur."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from bench.registry import register_metric
from bench.scoring.pixels import displayed

_GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601, as OpenCV and Pillow turn colours into grey
_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


@register_metric("sharpness", higher_is_better=None, paper="https://doi.org/10.1109/ICPR.2000.903548")
@dataclass(frozen=True)
class Sharpness:
    """Variance of the Laplacian of the grey image (Pech-Pacheco et al. 2000); compare with `base`."""

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """One column for images `(n, 3, H, W)`, on the scale of grey values in [0, 255], as OpenCV's recipe has it.

        Raises:
            ValueError: the samples are no images.
        """
        images = displayed(samples) * 255
        grey = (images * images.new_tensor(_GREY).view(1, 3, 1, 1)).sum(1, keepdim=True)
        mirrored = pad(grey, (1, 1, 1, 1), mode="reflect")
        curvature = conv2d(mirrored, images.new_tensor(_LAPLACIAN)[None, None])
        return {"sharpness": torch.var(curvature, dim=(1, 2, 3), correction=0)}
