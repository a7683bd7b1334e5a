"""What the gradient-free methods of the DNO family share: random directions, and rewards of what lies along them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Problem
from bench.registry import option
from bench.sampling.batches import BatchSize, resolved
from bench.sampling.bounds import require_positive
from bench.sampling.noise_ascent import NoiseAscent


@dataclass(frozen=True)
class PerturbedAscent(NoiseAscent):
    """Hyperparameters of the gradient-free methods.

    Raises:
        ValueError: one of them makes no sense; says which and what is allowed.
    """

    perturbations: BatchSize = option(
        4,
        source="q; official code: batch_per_device, on every GPU but the first. auto fills the device's best batch",
    )
    mu: float = option(0.01, source="official code: --mu, in units of the noise's standard deviation")

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(self, "mu")

    def directions(self, problem: Problem, like: Tensor) -> Tensor:
        """Standard normal directions `(q, *like.shape)` from the method's own stream, the same for each restart.

        `auto` fills the best batch for each restart anew: q, and so what a restart finds, hangs on no other.
        """
        shape = (resolved(self.perturbations, problem, self.batch_size), self.batch_size, *like.shape[1:])
        drawn = torch.randn(shape, generator=problem.generator, device=like.device)
        return drawn.repeat(1, self.restarts, *[1] * (like.dim() - 1))


def weighted_sum(weights: Tensor, directions: Tensor) -> Tensor:
    """The sum over q of weights `(q, n)` times directions `(q, n, ...)`, `(n, ...)`."""
    return torch.einsum("qn,qn...->n...", weights, directions)
