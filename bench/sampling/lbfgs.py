"""The memory of L-BFGS (Liu & Nocedal 1989, https://doi.org/10.1007/BF01589116): curvature from the last moves."""

from collections import deque

from torch import Tensor

_FLAT = 1e-8  # the cosine of move and change below which rounding decides the curvature


class CurvatureMemory:
    """What the last moves changed of the gradient: an approximation of the inverse Hessian.

    Args:
        size: how many moves are remembered.
    """

    def __init__(self, size: int) -> None:
        self._pairs: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=size)

    def __len__(self) -> int:
        return len(self._pairs)

    def learn(self, move: Tensor, change: Tensor) -> None:
        """Remember a move and the change of the gradient along it, unless it curves down there."""
        curvature = float((move * change).sum())
        if 0 < _FLAT * float(move.norm() * change.norm()) < curvature:
            self._pairs.append((move, change, curvature))

    def newton(self, gradient: Tensor) -> Tensor:
        """The inverse Hessian times a gradient: the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4)."""
        found, weights = gradient, []
        for move, change, curvature in reversed(self._pairs):
            weights.append((move * found).sum() / curvature)
            found = found - weights[-1] * change
        if self._pairs:
            _, change, curvature = self._pairs[-1]
            found = found * (curvature / change.square().sum())
        for (move, change, curvature), weight in zip(self._pairs, reversed(weights), strict=True):
            found = found + (weight - (change * found).sum() / curvature) * move
        return found
