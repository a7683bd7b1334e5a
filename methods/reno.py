"""ReNO: reward-based noise optimisation (Eyring et al., NeurIPS 2024, https://arxiv.org/abs/2406.04312).

The initial latent z of a one-step model M climbs the reward, held by the log-density of its norm, that of the chi
distribution with d degrees of freedom; Nesterov's momentum v gathers gradients that are clipped before:

    L(z) = -r(M(z)) + gamma (|z|^2 / 2 - (d - 1) log |z|)
    g = dL/dz min(1, c / |dL/dz|),   v <- 0.9 v + g,   z <- z - 5 (g + 0.9 v)

The paper's reward is a weighted sum of several. Its 50 iterations are a budget: here the climb goes on while there is
one. On a model of several steps the noise that they inject stays what it was drawn as.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from torch.optim import SGD

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.noise_ascent import FreeNoise
from bench.sampling.norm import norm_penalty


@register_method("reno", family="noise optimisation", paper="https://arxiv.org/abs/2406.04312", gradient=True)
@dataclass(frozen=True)
class ReNO:
    """Gradient ascent with momentum on a one-step model's initial latent, kept as long as Gaussian noise is."""

    learning_rate: float = option(5.0, source="official code (bd6f6ac), arguments.py: --lr")
    momentum: float = option(0.9, source="training/optim.py, with --nesterov")
    max_grad_norm: float = option(0.1, source="arguments.py: --grad_clip, of reward and regulariser together")
    gamma: float = option(0.01, source="arguments.py: --reg_weight")
    restarts: int = option(1, source="ours: latents that climb side by side, each as if it were alone; the best counts")

    def __post_init__(self) -> None:
        require_positive(self, "learning_rate", "max_grad_norm")
        if not 0 < self.momentum < 1:
            raise ValueError(f"momentum must be in (0, 1), got {self.momentum}")
        require_at_least(self, 0, "gamma")
        require_at_least(self, 1, "restarts")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the sample of each iterate before the update that leaves it behind."""
        nesterov = partial(SGD, lr=self.learning_rate, momentum=self.momentum, nesterov=True)
        drawn = problem.draw_noise(self.restarts)
        z = FreeNoise(problem, drawn, slice(0, 1), nesterov, self.max_grad_norm, group=1)
        while True:
            noise = z.noise
            samples = z.generate(noise)
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), noise.detach())
            z.ascend(rewards - self.gamma * norm_penalty(z.free))
