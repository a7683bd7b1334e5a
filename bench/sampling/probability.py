"""How probable a noise vector is under N(0, I): two concentration bounds (DNO, https://arxiv.org/abs/2405.18881).

Noise of n coordinates is cut into m = n // k rows of k. Their mean and their second moment must be close to 0 and to
the identity; the tail bounds of both deviations give log-probabilities, for the coordinates as they are and for random
permutations of them.
"""

from math import log
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

# 2^20: the Frobenius norm of A^p exceeds the spectral one by a factor of at most k^(1/2p), 1 + 7e-7 for k = 4.
_SQUARINGS = 20
_BLOCK = 1024


class Moments(NamedTuple):
    """Deviations from the standard normal's moments and their bounds; each `(b,)`.

    Attributes:
        m1: norm of the rows' mean.
        m2: spectral norm of the rows' second moment minus the identity.
        log_p1: log of the bound on the probability of a mean that large, at most 0.
        log_p2: log of the bound on the probability of a second moment that far off, at most 0.
    """

    m1: Tensor
    m2: Tensor
    log_p1: Tensor
    log_p2: Tensor


def check_block_size(k: int) -> None:
    """Refuse what is no power of 4.

    Raises:
        ValueError: says what is allowed.
    """
    if k not in {4**s for s in range(10)}:
        raise ValueError(f"block_size must be a power of 4 (1, 4, 16, 64, ...), got {k}")


def moments(flat: Tensor, k: int = 4) -> Moments:
    """Moments and log-probabilities of each row of `flat` `(b, n)`, cut into blocks of `k`.

    Raises:
        ValueError: there is no whole block.
    """
    m = flat.shape[1] // k
    if m == 0:
        raise ValueError(f"the noise has {flat.shape[1]} numbers, no whole block of {k} (block_size)")
    rows = flat[:, : m * k].reshape(-1, m, k)
    m1 = rows.mean(1).norm(dim=1)
    second = _sum_of_outer_products(rows) / m
    m2 = spectral_norm(second - torch.eye(k, device=flat.device, dtype=flat.dtype))
    excess = ((1 + m2).sqrt() - 1 - (k / m) ** 0.5).clamp_min(0)
    log_p1 = (log(2) - m * m1**2 / (2 * k)).clamp_max(0)
    log_p2 = (log(2) - m * excess**2 / 2).clamp_max(0)
    return Moments(m1, m2, log_p1, log_p2)


def _sum_of_outer_products(rows: Tensor) -> Tensor:
    # In blocks: one float32 sum over 200,000 rows (SD1.5) loses so many digits that R is off by up to 0.5 %.
    blocks = pad(rows, (0, 0, 0, -rows.shape[1] % _BLOCK)).unflatten(1, (-1, _BLOCK))
    sums: Tensor = (blocks.mT @ blocks).sum(1)
    return sums


def spectral_norm(matrices: Tensor) -> Tensor:
    """The largest absolute eigenvalue of symmetric matrices `(b, k, k)`.

    By repeated squaring, |A| = lim |A^p|^(1/p): the library's eigenvalue routines make the host wait for the device.
    """
    tiny = torch.finfo(matrices.dtype).tiny
    log_norm = torch.zeros_like(matrices[:, 0, 0])
    for i in range(_SQUARINGS):
        scale = matrices.square().sum((1, 2), keepdim=True).clamp_min(tiny).sqrt()
        log_norm = log_norm + scale[:, 0, 0].log() / 2**i
        matrices = matrices / scale
        matrices = matrices @ matrices
    return log_norm.exp()


def permuted(flat: Tensor, permutations: int, generator: Generator) -> Tensor:
    """Random permutations of the coordinates of `flat` `(n,)`, as rows `(permutations, n)`."""
    return flat[_orders(flat.numel(), permutations, generator)]


def _orders(n: int, permutations: int, generator: Generator) -> Tensor:
    device = generator.device
    return torch.stack([torch.randperm(n, generator=generator, device=device) for _ in range(permutations)])


def regularizer(noise: Tensor, permutations: int, generator: Generator, k: int = 4) -> Tensor:
    """R(z): minus the log-probabilities of a noise and, averaged, of its permutations; at least 0.

    All samples are permuted alike, so that the value of one does not depend on what else is in the batch.

    Args:
        noise: all noise of each sample, `(n, ...)`.
        permutations: how many random orders the average runs over.
        generator: draws them; on the noise's device.
        k: block size, a power of 4.

    Returns:
        One value a sample, `(n,)`.
    """
    orders = _orders(noise[0].numel(), permutations, generator)
    return torch.stack([_penalty(one.flatten(), orders, k) for one in noise])


def _penalty(flat: Tensor, orders: Tensor, k: int) -> Tensor:
    found = moments(torch.cat([flat[None], flat[orders]]), k)
    log_p = found.log_p1 + found.log_p2
    return -(log_p[0] + log_p[1:].mean())
