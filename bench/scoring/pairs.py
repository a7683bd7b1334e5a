"""Mean distances over all pairs of a set."""

import torch
from torch import Tensor


def mean_squared_distance(features: Tensor) -> float:
    """Mean over all pairs of the squared Euclidean distance of features `(n, d)`.

    Raises:
        ValueError: fewer than two.
    """
    if len(features) < 2:
        raise ValueError(f"it compares pairs and there are {len(features)} images")
    return float(torch.pdist(features).square().mean())
