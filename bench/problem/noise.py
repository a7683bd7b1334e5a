"""The stream of noise that all methods share, drawn ahead of time where the clock stands still."""

from collections.abc import Callable

import torch
from torch import Tensor

NoiseStream = Callable[[int, tuple[int, ...]], Tensor]
"""`(index, shape)` to the noise of one sample; a longer noise begins with the rows of a shorter one."""


def known(noise: Tensor | None) -> Tensor:
    """The noise behind a sample, for a metric that judges it.

    Raises:
        ValueError: there is none.
    """
    if noise is None:
        raise ValueError("the method names no noise that makes its sample")
    return noise


class NoiseAhead:
    """A stream of noise; what is likely to be asked for next can be drawn before.

    Drawing belongs to the harness: a CPU generator a noise costs the same whatever the method and device, and would
    weigh most on models of few steps.

    Args:
        noise_at: the stream.
        shape: of the noise asked for first, `(steps + 1, *latent_shape)`.

    Attributes:
        count: how many noises were asked for at once, the last time.
        first_count: the first time.
    """

    def __init__(self, noise_at: NoiseStream, shape: tuple[int, ...]) -> None:
        self.count = self.first_count = 1
        self._noise_at, self._next, self._shape = noise_at, 0, shape
        self._ready: dict[tuple[int, tuple[int, ...]], Tensor] = {}

    def take(self, first: int, n: int, shape: tuple[int, ...]) -> Tensor:
        """The noises `first` to `first + n - 1`, `(n, *shape)`, on the CPU."""
        if self._next == 0:
            self.first_count = n
        self.count, self._next, self._shape = n, first + n, shape
        return torch.stack([self._at(index, shape) for index in range(first, first + n)])

    def draw_ahead(self, count: int | None = None) -> None:
        """Draw the next `count` noises now; by default as many as were taken the last time."""
        following = range(self._next, self._next + (count or self.count))
        self._ready = {(index, self._shape): self._at(index, self._shape) for index in following}

    def _at(self, index: int, shape: tuple[int, ...]) -> Tensor:
        ready = self._ready.get((index, shape))
        return self._noise_at(index, shape) if ready is None else ready
