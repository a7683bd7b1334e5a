"""ORIGEN: Langevin dynamics on the noise (Min et al., NeurIPS 2025, https://arxiv.org/abs/2503.22194).

The initial latent z of a one-step model M walks, and short unclipped steps sample N(z; 0, I) exp(2 eta r(M(z))):

    z <- sqrt(1 - gamma) z + eta gamma r' + sqrt(gamma) xi + step_size / 2 G',   xi ~ N(0, I),   gamma = step_size G
    G = s_min + (s_max - s_min) max(tanh(-k r), 0)

r' and G' are gradients with respect to z. Without a reward a step leaves the variance at 1. G lengthens steps where the
reward is low; it is made for rewards of at most 0, above which the max keeps it at s_min: tanh alone would make steps
of negative length. G' makes up for steps whose length depends on where they begin; the official code adds it with the
other sign, which samples something else. The walk has no end. On a model of several steps the noise that they inject
stays what it was drawn as.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_positive
from bench.sampling.noise_ascent import checked


@register_method("origen", family="noise optimisation", paper="https://arxiv.org/abs/2503.22194", gradient=True)
@dataclass(frozen=True)
class ORIGEN:
    """Langevin dynamics on a one-step model's initial latent, which stays Gaussian noise but for the reward's pull."""

    step_size: float = option(0.3, source="official code (51c9014), orientation_grounding.yaml")
    eta: float = option(0.8, source="orientation_grounding.yaml")
    s_min: float = option(1 / 3, source="orientation_grounding.yaml; s_min = s_max = 1 makes all steps alike")
    s_max: float = option(4 / 3, source="orientation_grounding.yaml")
    k: float = option(0.3, source="orientation_grounding.yaml")
    clip: float = option(0.2, source="orientation_grounding.yaml: grad_clip, of each element of r'")

    def __post_init__(self) -> None:
        require_positive(self, "step_size", "eta", "k", "clip")
        if not 0 < self.s_min <= self.s_max:
            raise ValueError(f"s_min and s_max must be 0 < s_min <= s_max, got {self.s_min} and {self.s_max}")
        if self.step_size * self.s_max > 1:
            raise ValueError(f"step_size times s_max must be at most 1, got {self.step_size * self.s_max:g}")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the sample of each state before the step that leaves it behind."""
        drawn = problem.draw_noise(1)
        z = drawn[:, 0]
        while True:
            z = z.requires_grad_()
            noise = torch.cat([z[:, None], drawn[:, 1:]], dim=1)
            samples = problem.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), noise.detach())
            (gradient,) = torch.autograd.grad(rewards.sum(), z)
            xi = torch.randn(z.shape, generator=problem.generator, device=z.device)
            z = self.step(z.detach(), rewards.detach(), checked(gradient), xi)

    def step(self, z: Tensor, rewards: Tensor, gradient: Tensor, xi: Tensor) -> Tensor:
        """The next states of z, its rewards' gradient and xi, all `(n, ...)`, with rewards `(n,)`."""
        lowness = torch.tanh(-self.k * rewards).clamp_min(0).view(-1, *[1] * (z.dim() - 1))
        slope = -self.k * (1 - lowness**2) * (lowness > 0)
        gamma = self.step_size * (self.s_min + (self.s_max - self.s_min) * lowness)
        drift = self.eta * gamma + self.step_size / 2 * (self.s_max - self.s_min) * slope
        return (1 - gamma).sqrt() * z + drift * gradient.clamp(-self.clip, self.clip) + gamma.sqrt() * xi
