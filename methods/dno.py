"""Direct Noise Optimization (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

All noise a sampler consumes, z = (x_T, z_T, ..., z_1), is optimised by gradient through the whole sampler M:

    minimise over z   -r(M(z)) + gamma R(z)

R keeps z probable under N(0, I), so that the image stays one that the model would make.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.noise_ascent import NoiseAscent, require_ode
from bench.sampling.probability import check_block_size, regularizer

PAPER = "https://arxiv.org/abs/2405.18881"


@register_method("dno", family="noise optimisation", paper=PAPER, gradient=True)
@dataclass(frozen=True)
class DNO(NoiseAscent):
    """Gradient ascent on the reward over every noise the sampler injects."""

    gamma: float = option(0.0, source="official code: --gamma, no regularisation unless asked for")
    permutations: int = option(100, source="official code: b random orders beside the given one")
    block_size: int = option(4, source="official code: k = 4^s with s = 1")

    def __post_init__(self) -> None:
        super().__post_init__()
        require_at_least(self, 0, "gamma")
        require_at_least(self, 1, "permutations")
        check_block_size(self.block_size)

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the sample of each iterate before the update that leaves it behind.

        Raises:
            ValueError: gamma is positive and the noise that moves is smaller than a block.
        """
        z = self.begin(problem)
        if self.gamma > 0 and z.free[0].numel() < self.block_size:
            raise ValueError(
                f"gamma needs at least block_size ({self.block_size}) free numbers, there are {z.free[0].numel()}"
            )
        while True:
            noise = z.noise
            samples = z.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), noise.detach())
            objectives = rewards
            if self.gamma > 0:
                penalties = regularizer(z.free, self.permutations, problem.generator, self.block_size)
                objectives = rewards - self.gamma * penalties
            z.ascend(objectives)


@register_method("dno-regularized", family="noise optimisation", paper=PAPER, gradient=True)
@dataclass(frozen=True)
class RegularizedDNO(DNO):
    """DNO whose noise is kept probable, against reward hacking."""

    gamma: float = option(1.0, source="official README: '--gamma 1' to regularise")


@register_method("dno-ode", family="noise optimisation", paper=PAPER, gradient=True, own_sampling=True)
@dataclass(frozen=True)
class ODEDNO(DNO):
    """DNO on the deterministic sampler, eta 0, where the initial latent is all the noise there is."""

    optimize: Literal["all", "initial"] = option("initial", source="ours: at eta 0 no other noise has any effect")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose sampler always injects noise."""
        super().check_model(model)
        require_ode(model)

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """DNO's loop at eta 0."""
        return super().run(problem.with_sampling(eta=0))
