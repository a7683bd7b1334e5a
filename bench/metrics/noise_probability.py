"""P(z): how probable the noise behind a sample is (DNO, https://arxiv.org/abs/2405.18881).

It judges the noise, not the image. P(z) is the smallest of p1 and p2 over the coordinates as they are and over random
permutations; DNO's regulariser is minus the sum of the logs over the same terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.registry import register_metric
from bench.sampling.probability import moments, permuted
from bench.seeding import stream


@register_metric("noise-probability", higher_is_better=True, paper="https://arxiv.org/abs/2405.18881")
@dataclass(frozen=True)
class NoiseProbability:
    """The smallest probability bound on the noise's moments, over 100 random orders and the given one."""

    permutations: int = 100  # as in DNO's regulariser
    block_size: int = 4

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor) -> dict[str, Tensor]:
        """Log p1, log p2, their means over the permutations and P for noise `(n, steps + 1, ...)`."""
        rows = [self._of_one(one.flatten()) for one in noise]
        return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}

    def _of_one(self, flat: Tensor) -> dict[str, Tensor]:
        orders = permuted(flat, self.permutations, stream("noise-probability", device=flat.device))
        found = moments(torch.cat([flat[None], orders]), self.block_size)
        return {
            "noise-probability": torch.minimum(found.log_p1, found.log_p2).min().exp(),
            "noise-probability/log-p1": found.log_p1[0],
            "noise-probability/log-p2": found.log_p2[0],
            "noise-probability/permuted-log-p1": found.log_p1[1:].mean(),
            "noise-probability/permuted-log-p2": found.log_p2[1:].mean(),
        }
