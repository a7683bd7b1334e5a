"""Which particles live on: unbiased ways to draw ancestors by weight.

Multinomial and systematic: Douc & Cappé 2005 (https://arxiv.org/abs/cs/0507025); SSP: Gerber, Chopin & Whiteley 2019
(https://arxiv.org/abs/1708.05359).
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Generator, Tensor

Resampling = Literal["multinomial", "systematic", "ssp"]


def multinomial(weights: Tensor, uniforms: Tensor) -> Tensor:
    """Each of n ancestors drawn by itself."""
    return _inverse(weights, uniforms.sort().values)


def systematic(weights: Tensor, uniforms: Tensor) -> Tensor:
    """Ancestors at n equally spaced points of the cumulative weights, which one random number shifts."""
    n = len(weights)
    return _inverse(weights, (torch.arange(n, dtype=weights.dtype, device=weights.device) + uniforms[0]) / n)


def ssp(weights: Tensor, uniforms: Tensor) -> Tensor:
    """Srinivasan's sampling process: each particle gets its expected number of offspring, rounded up or down.

    Two particles at a time trade their fractions, fairly on average, until one of them has a whole number.
    """
    expected = (len(weights) * weights).tolist()
    offspring = [int(one) for one in expected]
    share = [one - whole for one, whole in zip(expected, offspring, strict=True)]
    open_, draws = 0, uniforms.tolist()
    for other in range(1, len(share)):
        open_, closed = _trade(share, open_, other, draws[other])
        offspring[closed] += round(share[closed])
    offspring[open_] += len(weights) - sum(offspring)  # what rounding left of the last one's share
    counts = torch.tensor(offspring, device=weights.device)
    return torch.arange(len(weights), device=weights.device).repeat_interleave(counts)


def _trade(share: list[float], one: int, other: int, draw: float) -> tuple[int, int]:
    """Move share between two until one has all or nothing: (who is left with a fraction, who is not)."""
    up, down = min(1 - share[one], share[other]), min(share[one], 1 - share[other])
    moved = up if draw * (up + down) < down else -down
    share[one] += moved
    share[other] -= moved
    whole = min((one, other), key=lambda index: min(share[index], 1 - share[index]))
    return (other if whole == one else one), whole


def _inverse(weights: Tensor, points: Tensor) -> Tensor:
    """The ancestor in whose stretch of the cumulative weights each ascending point of [0, 1) lies."""
    found = torch.searchsorted(weights.cumsum(0), points, right=True)
    return found.clamp(max=int(weights.nonzero().max()))  # the sum may fall short of 1 by rounding


SCHEMES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "multinomial": multinomial,
    "systematic": systematic,
    "ssp": ssp,
}


def resample(log_weights: Tensor, scheme: Resampling, generator: Generator) -> Tensor:
    """The ancestors `(n,)` of the next n particles, ascending.

    Args:
        log_weights: `(n,)`, up to a constant; -inf for a particle that must die.
        scheme: how they are drawn; all are unbiased: n w_i offspring are expected.
        generator: the method's own random stream.

    Raises:
        FloatingPointError: no particle has a finite weight.
    """
    weights = log_weights.double().softmax(0)
    if not bool(torch.isfinite(weights).all()):
        raise FloatingPointError(f"the particles' weights are not finite: {log_weights.tolist()}")
    uniforms = torch.rand(len(weights), generator=generator, device=weights.device, dtype=weights.dtype)
    return SCHEMES[scheme](weights, uniforms)
