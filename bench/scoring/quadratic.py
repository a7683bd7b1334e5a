"""Rewards of points that are quadratic: with a Gaussian mixture, what they ask for is known in closed form."""

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from bench.registry import ModelSpec


@dataclass(frozen=True)
class QuadraticForm:
    """The reward slope . x - sum_i curvature_i (x_i - centre_i)^2 of points `(n, d)`.

    Attributes:
        slope, curvatures, centre: `(d,)` each.
        largest: no square counts for more than this.
    """

    slope: Tensor
    curvatures: Tensor
    centre: Tensor
    largest: float = inf

    def __call__(self, points: Tensor) -> Tensor:
        """Rewards `(n,)`."""
        return points @ self.slope - (points - self.centre).square().clamp(max=self.largest) @ self.curvatures

    @property
    def pull(self) -> Tensor:
        """The gradient at the origin, `(d,)`."""
        return self.slope + 2 * self.curvatures * self.centre


@runtime_checkable
class Quadratic(Protocol):
    """A reward that is a quadratic form, and can say which."""

    def form(self, like: Tensor, /) -> QuadraticForm:
        """The form for points such as `(n, d)`, in their type and on their device."""
        ...


def coordinates(value: float | tuple[float, ...], like: Tensor, name: str) -> Tensor:
    """`(d,)` for points `(n, d)`: one number for all coordinates, or one for each.

    Raises:
        ValueError: another number of them.
    """
    d = like.shape[1]
    _check_count(value, d, name)
    return _on_device(value, like.dtype, like.device).expand(d)


@cache
def _on_device(value: float | tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Copied to the device once."""
    return torch.tensor(value, dtype=dtype, device=device)


def check_dimensions(model: ModelSpec, **values: float | tuple[float, ...]) -> None:
    """Refuse another number of numbers than the model's points have coordinates, where it says (`dimensions`).

    Raises:
        ValueError: which, and what is allowed.
    """
    if hasattr(model, "dimensions"):
        for name, value in values.items():
            _check_count(value, model.dimensions, name)


def _check_count(value: float | tuple[float, ...], d: int, name: str) -> None:
    if isinstance(value, tuple) and len(value) != d:
        raise ValueError(f"{name} has {len(value)} numbers, the points have {d} coordinates; give one, or {d}")
