"""LPIPS (Zhang et al. 2018, https://arxiv.org/abs/1801.03924, equation 1), version 0.1 on AlexNet, as an embedding.

The published weights of the channels are not negative, so that LPIPS is a squared Euclidean distance: of unit features,
each channel times the root of its weight and each layer over the root of its number of pixels. The weights come with
torchmetrics, whose own LPIPS needs torchvision for the five convolutions below.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from bench.errors import InputError
from bench.scoring.preprocess import normalised
from bench.weights.checkpoint import read_tensors

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, on [0, 1]


class Lpips(nn.Module):
    """Images to embeddings whose squared distances are LPIPS.

    Args:
        backbone: the checkpoint of torchvision's AlexNet.

    Raises:
        InputError: the file holds something else.
    """

    def __init__(self, backbone: Path) -> None:
        super().__init__()
        self.layers = _alexnet()
        prefix = "features."
        own = {key.removeprefix(prefix): it for key, it in read_tensors(backbone).items() if key.startswith(prefix)}
        try:
            self.layers.load_state_dict(own)
        except RuntimeError:
            raise InputError(f"{backbone} holds no weights of AlexNet") from None
        for index, weight in enumerate(_channel_weights()):
            self.register_buffer(f"root_{index}", weight.sqrt())
        self.eval().requires_grad_(False)

    def forward(self, images: Tensor) -> Tensor:
        """Embeddings `(n, d)` of images `(n, 3, H, W)` in [0, 1], H and W at least 31."""
        hidden = normalised(images, _MEAN, _STD)
        parts: list[Tensor] = []
        for layer in self.layers:
            hidden = layer(hidden)
            if isinstance(layer, nn.ReLU):
                root = self.get_buffer(f"root_{len(parts)}")
                parts.append((normalize(hidden) * root / hidden[0, 0].numel() ** 0.5).flatten(1))
        return torch.cat(parts, dim=1)


@cache
def load_lpips(backbone: Path, device: torch.device) -> Lpips:
    """LPIPS on `device`."""
    return Lpips(backbone).to(device)


def _alexnet() -> nn.Sequential:
    """The convolutions of AlexNet (Krizhevsky 2014, https://arxiv.org/abs/1404.5997), numbered as in torchvision."""
    return nn.Sequential(
        *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()),
    )


def _channel_weights() -> list[Tensor]:
    """The published weight of each channel, five times `(1, channels, 1, 1)`."""
    path = files("torchmetrics").joinpath("functional/image/lpips_models/alex.pth")
    linear = torch.load(str(path), weights_only=True, map_location="cpu")
    return [linear[f"lin{index}.model.1.weight"] for index in range(5)]
