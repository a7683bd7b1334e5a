"""The denoiser of the ring: an MLP with skips like a U-Net's and random Fourier features of the noise level."""

from itertools import pairwise
from math import pi

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

# The tutorial's network has widths 512, 256, 128. A ring needs less, and a CPU must push 1,000 points through it 75,000
# times to repeat the tutorial.
WIDTHS = (96, 64, 48)
FEATURES, SCALE = 32, 30.0


class RingDenoiser(nn.Module):
    """Predicts the noise in points `(n, 2)` at noise levels `(n,)`, or `(1,)` for all of them, in (0, 1)."""

    frequencies: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(FEATURES // 2) * SCALE)
        sizes = [2, *WIDTHS]
        self.down = nn.ModuleList(nn.Linear(i, o) for i, o in pairwise(sizes))
        self.up = nn.ModuleList(nn.Linear(o, i) for i, o in pairwise(WIDTHS))
        self.time = nn.ModuleList(nn.Linear(FEATURES, width) for width in WIDTHS)
        self.out = nn.Linear(WIDTHS[0], 2)

    def forward(self, points: Tensor, level: Tensor) -> Tensor:
        """The predicted noise, `(n, 2)`."""
        phase = 2 * pi * level[:, None] * self.frequencies
        features = torch.cat([phase.sin(), phase.cos()], dim=1)
        hidden, skips = points, []
        for layer, time in zip(self.down, self.time, strict=True):
            hidden = silu(layer(hidden) + time(features))
            skips.append(hidden)
        for i in reversed(range(len(self.up))):
            hidden = silu(self.up[i](hidden) + skips[i])
        predicted: Tensor = self.out(hidden)
        return predicted
