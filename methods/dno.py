"""Direct Noise Optimization (Tang et al., ICML 2025, https://arxiv.org/abs/2405.18881).

All noise a sampler consumes, z = (x_T, z_T, ..., z_1), is optimised by gradient through the whole sampler M:

    minimise over z   -r(M(z)) + gamma R(z)

R keeps z probable under N(0, I), so that the image stays one that the model would make.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn.utils import clip_grad_norm_

from bench.problem import Candidates, Problem
from bench.registry import register_method
from bench.sampling.probability import regularizer


@register_method("dno", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881", gradient=True)
@dataclass(frozen=True)
class DNO:
    """Gradient ascent on the reward over every noise the sampler injects."""

    learning_rate: float = 0.01  # official code, commit d67386f: --lr
    weight_decay: float = 0.01  # official code: AdamW's default, left as it is
    max_grad_norm: float = 1.0  # official code: clip_grad_norm_ over the whole noise tensor
    gamma: float = 0.0  # official code: --gamma, no regularisation unless asked for
    permutations: int = 100  # official code: b random orders beside the given one
    block_size: int = 4  # official code: k = 4^s with s = 1

    def __post_init__(self) -> None:
        if self.learning_rate <= 0 or self.max_grad_norm <= 0:
            raise ValueError("learning_rate and max_grad_norm must be positive")
        if self.gamma < 0 or self.weight_decay < 0:
            raise ValueError("gamma and weight_decay must be at least 0")
        if self.permutations < 1 or self.block_size < 1:
            raise ValueError("permutations and block_size must be at least 1")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the sample of each iterate before the update that leaves it behind."""
        noise = problem.draw_noise(1).requires_grad_()
        optimizer = torch.optim.AdamW([noise], lr=self.learning_rate, weight_decay=self.weight_decay)
        while True:
            samples = problem.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), noise.detach())
            loss = -rewards.sum()
            if self.gamma > 0:
                penalty = regularizer(noise, self.permutations, problem.generator, self.block_size)
                loss = loss + self.gamma * penalty
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_([noise], self.max_grad_norm)
            optimizer.step()


@register_method(
    "dno-regularized", family="noise optimisation", paper="https://arxiv.org/abs/2405.18881", gradient=True
)
@dataclass(frozen=True)
class RegularizedDNO(DNO):
    """DNO whose noise is kept probable, against reward hacking."""

    gamma: float = 1.0  # official README: "--gamma 1" to regularise
