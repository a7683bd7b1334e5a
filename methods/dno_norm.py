"""DNO with ReNO's regulariser: the noise is held by its norm, so that regularisers can be compared like for like.

All noise z that a sampler M consumes moves as in DNO (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881); what
keeps it probable is the log-density of the norm of each row, that of a chi distribution (ReNO, Eyring et al., NeurIPS
2024, https://arxiv.org/abs/2406.04312):

    minimise over z   -r(M(z)) + gamma sum_i (|z_i|^2 / 2 - (d - 1) log |z_i|)

A norm says nothing of a pattern: noise may be as long as Gaussian noise is and yet not look like it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.noise_ascent import NoiseAscent
from bench.sampling.norm import norm_penalty


@register_method("dno-norm", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881", gradient=True)
@dataclass(frozen=True)
class NormDNO(NoiseAscent):
    """DNO whose noise is kept as long as Gaussian noise is, by ReNO's regulariser in place of DNO's."""

    gamma: float = option(0.01, source="ReNO's official code, arguments.py: --reg_weight")

    def __post_init__(self) -> None:
        super().__post_init__()
        require_at_least(self, 0, "gamma")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the sample of each iterate before the update that leaves it behind."""
        z = self.begin(problem)
        while True:
            noise = z.noise
            samples = z.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), noise.detach())
            z.ascend(rewards - self.gamma * norm_penalty(z.free))
