"""What the GPU did that DAS's notebooks ran on, on a CPU: its random numbers, and how it rounded matrices.

torch draws on a CUDA device by Philox 4x32-10 (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405): of launch
k element i takes the first words of counter (k, 0, i, 0), where the device has a thread an element, as an A100 has.
In TF32 factors have 10 bits of mantissa; cuBLAS takes it where rows are whole vectors of four numbers, here in the
hidden layer alone. That the notebooks ran so is an inference: the losses that they print come out with it, and not
without.
"""

from math import pi
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd import Function

Words = NDArray[np.uint64]
"""Of 32 bits, in 64 so that a product of two fits."""

ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
STEPS = 0x9E3779B9, 0xBB67AE85
MASK, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


def philox(counter: tuple[Words, ...], key: tuple[int, int]) -> tuple[Words, ...]:
    """Four random words for counters of four."""
    a, b, c, d = counter
    for k in range(ROUNDS):
        own, other = (np.uint64((word + k * step) % 2**32) for word, step in zip(key, STEPS, strict=True))
        first, second = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (second >> HALF) ^ b ^ own, second & MASK, (first >> HALF) ^ d ^ other, first & MASK
    return a, b, c, d


class CudaStream:
    """torch's stream of a CUDA device after `manual_seed(seed)`; each call is a launch."""

    def __init__(self, seed: int) -> None:
        self._key, self._launches = (seed, 0), 0

    def integers(self, below: int, n: int) -> Tensor:
        """As `torch.randint(below, (n,))`."""
        return torch.from_numpy((self._words(n)[0] % np.uint64(below)).astype(np.int64))

    def normal(self, n: int) -> Tensor:
        """As `torch.randn(n)`, by Box and Muller, up to the device's own sine and logarithm."""
        first, second, *_ = self._words(n)
        radius = np.sqrt(-2 * np.log(_uniform(first, 1)))
        return torch.from_numpy(radius * np.sin(_uniform(second, 2 * pi)))

    def _words(self, n: int) -> tuple[Words, ...]:
        element = np.arange(n, dtype=np.uint64)
        launch, zero = np.full_like(element, self._launches), np.zeros_like(element)
        self._launches += 1
        return philox((launch, zero, element, zero), self._key)


def _uniform(words: Words, end: float) -> NDArray[np.float32]:
    """In (0, end), float32 throughout."""
    step = np.float32(end) * np.float32(2**-32)
    return words.astype(np.float32) * step + step / 2


class Tf32Linear(nn.Linear):
    """A linear layer in TF32, forwards and backwards."""

    def forward(self, x: Tensor) -> Tensor:
        """`(n, out)` of `(n, in)`."""
        product: Tensor = _Tf32Product.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return product + self.bias


class _Tf32Product(Function):
    """x w^T."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:  # noqa: ANN401
        x, weight = tf32(x), tf32(weight)
        ctx.save_for_backward(x, weight)
        return x @ weight.T

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:  # noqa: ANN401
        (x, weight), gradient = ctx.saved_tensors, tf32(gradient)
        return gradient @ weight, gradient.T @ x


def tf32(numbers: Tensor) -> Tensor:
    """float32 numbers rounded to 10 bits of mantissa, halves away from 0."""
    bits = numbers.contiguous().view(torch.int32)
    return ((bits + 0x1000) & ~0x1FFF).view(torch.float32)
