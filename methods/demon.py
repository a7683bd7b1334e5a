"""Sampling Demon (Yeh et al., ICLR 2025, https://arxiv.org/abs/2410.05760), tanh variant, on the model's own steps.

Each of K noises is judged by the latent that it leads to, of which `rollout` steps of the ODE make the clean one c:

    r_k = r(c(mean(x) + std xi_k)),    xi_k ~ N(0, I),    x' = mean(x) + std xi*
    xi* = sqrt(d) normalise(sum_k tanh((r_k - mean_j r_j) / std_j r_j) xi_k)

mean(x) + std xi is the sampler's step. Each step has a std_j r_j of its own; the official code keeps the first one's.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.look_ahead import drawn_beside, look_ahead, with_row
from bench.sampling.particles import require_noise


@register_method("demon", family="search", paper="https://arxiv.org/abs/2410.05760")
@dataclass(frozen=True)
class Demon:
    """At each step several noises are tried; their weighted sum, back on the sphere, is injected.

    A noise that leads to more reward than the average pulls, one that leads to less pushes (Tanh Demon, section 4).
    """

    candidates: int = option(16, source="official code, commit 1feb3b7: demon_sampling K")
    rollout: int = option(
        1,
        source="ours: the predicted clean image; the official code runs its ODE for up to 20 steps from each candidate",
    )

    def __post_init__(self) -> None:
        require_at_least(self, 1, "candidates", "rollout")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise."""
        require_noise(model)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        while True:
            yield (yield from self.trajectory(problem))

    def trajectory(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One trajectory, looking up after each step."""
        sampler, noise = problem.sampler, problem.draw_noise(1)
        latent = sampler.start(noise[:, 0])
        for step in range(sampler.steps - 1):
            prediction = sampler.predict(latent, step)
            yield None
            drawn = drawn_beside(noise[:, step + 1], self.candidates, problem.generator)
            rewards = look_ahead(problem, prediction, step, drawn, self.rollout).rewards
            noise = with_row(noise, step + 1, combined(drawn, rewards))
            latent = sampler.step(prediction, step, noise[:, step + 1])
            yield None
        # The last step injects no noise.
        last = sampler.steps - 1
        samples = sampler.decode(sampler.step(sampler.predict(latent, last), last, noise[:, -1]))
        return Candidates(samples, problem.reward(samples), noise)


def combined(noise: Tensor, rewards: Tensor) -> Tensor:
    """`sqrt(d) normalise(sum_k tanh((r_k - mean r) / std r) z_k)` `(n, ...)` of noise `(q, n, ...)`, rewards `(q, n)`.

    The temperature, std r, is that of this step. One candidate is taken as it is.
    """
    if len(noise) == 1:
        return noise[0]
    spread = rewards.std(0)
    pull = torch.where(spread < 1e-8, 1.0, ((rewards - rewards.mean(0)) / spread.clamp_min(1e-8)).tanh())
    total = torch.einsum("qn,qn...->n...", pull, noise)
    norm: Tensor = total.flatten(1).norm(dim=1).view(-1, *[1] * (total.dim() - 1))
    return total / norm * math.sqrt(total[0].numel())
