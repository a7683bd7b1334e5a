"""The denoiser of DAS's notebooks: a multilayer perceptron of points and time."""

import torch
from torch import Tensor, nn

WIDTH = 64


class PointDenoiser(nn.Module):
    """Predicts the noise in points `(n, d)` at times `(n,)`, or `(1,)` for all of them, in [0, 1].

    Args:
        dimensions: coordinates of a point, d.
        hidden: the kind of the layer between the others.
    """

    def __init__(self, dimensions: int, hidden: type[nn.Linear] = nn.Linear) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.layers = nn.Sequential(
            nn.Linear(dimensions + 1, WIDTH),
            nn.ReLU(),
            hidden(WIDTH, WIDTH),
            nn.ReLU(),
            nn.Linear(WIDTH, dimensions),
        )

    def forward(self, points: Tensor, time: Tensor) -> Tensor:
        """The predicted noise, `(n, d)`."""
        predicted: Tensor = self.layers(torch.cat([points, time[:, None].expand(len(points), 1)], dim=1))
        return predicted
