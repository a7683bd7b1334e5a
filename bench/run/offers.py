"""What a method offers, held to its contract before it is credited, and scored again before it is a result."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, MethodError
from bench.problem.breaches import described
from bench.registry import REWARDS
from bench.run.incumbent import Result
from bench.run.loaded import Loaded
from bench.suite.cell import Cell, plugin

TOLERANCE = 0.01
"""By how much a reward may differ when it is scored again, as a share of its size and of its declared range.

A score changes a little with the batch that it is computed in: by about 1e-6 of its size in float32, and by a few
1e-3 in bfloat16, which keeps eight bits. Nothing that a table shows hangs on a hundredth of the range.
"""


@dataclass(frozen=True)
class Expected:
    """What a method's offers look like.

    Attributes:
        method: what messages call it.
        sample: shape of one sample.
        noise: shape of all noise behind one sample under the model's own sampling options.
        own_sampling: whether the method samples with other steps, and so with more or fewer rows of noise.
    """

    method: str
    sample: tuple[int, ...]
    noise: tuple[int, ...]
    own_sampling: bool

    def check(self, offered: Candidates) -> None:
        """Refuse what is no offer of n >= 1 finite scored samples.

        Raises:
            MethodError: says what was offered and what was expected.
        """
        if not isinstance(offered, Candidates):
            raise MethodError(f"method {self.method!r} yields Candidates or nothing, not {type(offered).__name__}")
        tensors = {"samples": offered.samples, "rewards": offered.rewards, "noise": offered.noise}
        if not self._fits(offered):
            found = ", ".join(f"{name} {described(tensor)}" for name, tensor in tensors.items())
            raise MethodError(f"method {self.method!r} yielded {found}; expected n >= 1 {self._shapes()}")
        for name, tensor in tensors.items():
            if tensor is not None and not _finite(tensor):
                raise MethodError(f"method {self.method!r} yielded {name} that are not finite")

    def _fits(self, offered: Candidates) -> bool:
        samples, rewards, noise = offered.samples, offered.rewards, offered.noise
        if not all(isinstance(tensor, Tensor) for tensor in (samples, rewards)) or samples.dim() == 0:
            return False
        n = len(samples)
        scored = n > 0 and samples.shape == (n, *self.sample) and rewards.shape == (n,)
        return scored and (noise is None or (isinstance(noise, Tensor) and self._noise_fits(noise, n)))

    def _noise_fits(self, noise: Tensor, n: int) -> bool:
        if not self.own_sampling:
            return noise.shape == (n, *self.noise)
        return noise.dim() > 1 and noise.shape == (n, noise.shape[1], *self.noise[1:])

    def _shapes(self) -> str:
        of_one = ", ".join(map(str, self.sample))
        rows = "steps + 1" if self.own_sampling else self.noise[0]
        return (
            f"samples (n, {of_one}), rewards (n,) and noise (n, {rows}, {', '.join(map(str, self.noise[1:]))}) or None"
        )


def _finite(tensor: Tensor) -> bool:
    # A finite sum has finite terms only: one pass at each yield. Another sum may be that of large finite ones.
    return math.isfinite(tensor.sum().item()) or bool(torch.isfinite(tensor).all())


def check_claim(result: Result, cell: Cell, loaded: Loaded) -> None:
    """Score a result again and compare.

    Raises:
        MethodError: its reward is not what the reward says of it.
    """
    again = loaded.score(cell.reward, cell.reward_options, result.sample, cell.prompt)
    low, high = plugin(REWARDS, cell.reward, cell.reward_options).facts.range or (0.0, 1.0)
    width = high - low if math.isfinite(high - low) else 1.0
    if abs(result.reward - again) > TOLERANCE * (abs(again) + width):
        raise MethodError(
            f"method {cell.method!r} offered a sample at {result.reward:g}, which reward {cell.reward!r} scores "
            f"{again:g}; it must yield samples with the rewards that `problem.reward` gave them"
        )
