"""Energy distance between two sets of points (Székely & Rizzo 2013), with its standard error."""

import torch
from torch import Tensor


def energy_distance(one: Tensor, other: Tensor) -> tuple[float, float]:
    """`2 E|X - Y| - E|X - X'| - E|Y - Y'|` and its standard error, by the jackknife over both sets.

    Zero if and only if both are of one distribution; unbiased, and so sometimes below 0.

    Args:
        one: `(n, d)`.
        other: `(m, d)`.

    Raises:
        ValueError: a set has fewer than three points.
    """
    if min(len(one), len(other)) < 3:
        raise ValueError(f"an energy distance needs at least 3 points on either side, got {len(one)} and {len(other)}")
    between = torch.cdist(one, other)
    within_one, left_out_of_one = _spread(torch.cdist(one, one))
    within_other, left_out_of_other = _spread(torch.cdist(other, other))
    value = 2 * between.mean() - within_one - within_other
    variance = _jackknife(2 * _without(between.mean(1)) - left_out_of_one)
    variance = variance + _jackknife(2 * _without(between.mean(0)) - left_out_of_other)
    return float(value), float(variance.sqrt())


def _spread(distances: Tensor) -> tuple[Tensor, Tensor]:
    """The mean distance between different points, and without each of them, `(n,)`."""
    n, rows = len(distances), distances.sum(1)
    return rows.sum() / (n * (n - 1)), (rows.sum() - 2 * rows) / ((n - 1) * (n - 2))


def _without(values: Tensor) -> Tensor:
    """The mean of `(n,)` without each of them."""
    return (values.sum() - values) / (len(values) - 1)


def _jackknife(left_out: Tensor) -> Tensor:
    """The variance of an estimate, from its values without each point."""
    n = len(left_out)
    return (n - 1) / n * (left_out - left_out.mean()).square().sum()
