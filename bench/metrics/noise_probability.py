"""P(z): how probable the noise behind a sample is (DNO, https://arxiv.org/abs/2405.18881).

P(z) is the smallest of p1 and p2 over the coordinates as they are and over random permutations; DNO's regulariser is
minus the sum of the logs over the same terms.

It judges the noise, not the image: an image may be far from what the model makes while its noise is probable, and the
other way round. Values at different noise sizes n cannot be compared, because the bounds tighten with n: shrinking the
noise by 1 % costs the regulariser about 13 at n = 835,584 (all noises of Stable Diffusion) and about 0.1 at n = 16,384
(its initial latent alone). For the same reason the weight gamma does not transfer between models, steps or etas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem.noise import known
from bench.problem.seeding import stream
from bench.registry import ANY_MEDIUM, option, register_metric
from bench.sampling.probability import check_block_size, moments, permuted


@register_metric("noise-probability", higher_is_better=True, paper="https://arxiv.org/abs/2405.18881", media=ANY_MEDIUM)
@dataclass(frozen=True)
class NoiseProbability:
    """The smallest probability bound on the noise's moments, over 100 random orders and the given one."""

    permutations: int = option(100, source="as in DNO's regulariser")
    block_size: int = option(4, source="k = 4^s; official code: s = 1")
    rows: Literal["all", "initial"] = option(
        "all", source="DNO: all of it; initial is for eta 0, where no other noise counts"
    )

    def __post_init__(self) -> None:
        if self.permutations < 1:
            raise ValueError(f"permutations must be at least 1, got {self.permutations}")
        check_block_size(self.block_size)

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """P, log P, M1, M2, log p1, log p2 and the means over the permutations for noise `(n, steps + 1, ...)`.

        Raises:
            ValueError: no noise is known, or it is smaller than a block.
        """
        judged = known(noise)[:, :1] if self.rows == "initial" else known(noise)
        rows = [self._of_one(one.flatten()) for one in judged]
        return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}

    def _of_one(self, flat: Tensor) -> dict[str, Tensor]:
        orders = permuted(flat, self.permutations, stream("noise-probability", device=flat.device))
        found = moments(torch.cat([flat[None], orders]), self.block_size)
        smallest = torch.minimum(found.log_p1, found.log_p2).min()
        return {
            "noise-probability": smallest.exp(),
            "noise-probability/log-p": smallest,  # P is 0 in floating point long before its logarithm says no more
            "noise-probability/m1": found.m1[0],
            "noise-probability/m2": found.m2[0],
            "noise-probability/log-p1": found.log_p1[0],
            "noise-probability/log-p2": found.log_p2[0],
            "noise-probability/permuted-log-p1": found.log_p1[1:].mean(),
            "noise-probability/permuted-log-p2": found.log_p2[1:].mean(),
        }
