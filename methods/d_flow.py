"""D-Flow (Ben-Hamu et al., ICML 2024, https://arxiv.org/abs/2402.14017): L-BFGS through the ODE.

    minimise over z   -r(ODE(z)),    from z ~ N(0, I)

The gradient goes through all steps of the deterministic sampler, here the model's own rather than the paper's midpoint
solver. There is no inverted data point to begin from, as in the paper's inverse problems, and no penalty on z.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.lbfgs import CurvatureMemory
from bench.sampling.line_search import Trial, strong_wolfe
from bench.sampling.look_ahead import with_row
from bench.sampling.noise_ascent import checked, require_ode

ROUNDING = 1e-7  # of float32, as a share of the reward: a smaller gain is none
PAPER = "https://arxiv.org/abs/2402.14017"


@register_method("d-flow", family="noise optimisation", paper=PAPER, gradient=True, own_sampling=True)
@dataclass(frozen=True)
class DFlow:
    """L-BFGS with a line search on the initial latent of the ODE; every evaluation, the search's too, is an offer.

    It begins again from fresh noise where no step leads further up. No line search goes further than sqrt(d), the
    radius of the shell on which noise of d numbers lies: a reward that grows for ever would lead it to infinity.
    """

    history: int = option(100, source="torch.optim.LBFGS, as no official code is known: moves that are remembered")

    def __post_init__(self) -> None:
        require_at_least(self, 1, "history")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose sampler always injects noise."""
        require_ode(model)

    def run(self, problem: Problem) -> Generator[Candidates, float, None]:
        """Climb from one noise after another."""
        problem = problem.with_sampling(eta=0)
        radius = math.sqrt(math.prod(problem.sampler.latent_shape))
        while True:
            yield from self.climb(problem, problem.draw_noise(1), radius)

    def climb(self, problem: Problem, noise: Tensor, longest: float) -> Generator[Candidates, float, None]:
        """Climb from noise `(1, steps + 1, *latent_shape)` by moves of a norm of at most `longest`."""
        evaluate, z, memory = partial(evaluated, problem, noise), noise[:, 0], CurvatureMemory(self.history)
        value, gradient = yield from evaluate(z)
        while True:
            direction = -memory.newton(gradient)
            here = Trial(0.0, value, float((gradient * direction).sum()), gradient)
            if here.slope >= 0:
                return
            step = 1.0 if memory else 1 / float(gradient.abs().sum())
            found = yield from strong_wolfe(evaluate, z, direction, here, step, longest / float(direction.norm()))
            if value - found.value <= ROUNDING * abs(value):
                return
            memory.learn(found.step * direction, found.gradient - gradient)
            z, value, gradient = z + found.step * direction, found.value, found.gradient


def evaluated(problem: Problem, noise: Tensor, z: Tensor) -> Generator[Candidates, float, tuple[float, Tensor]]:
    """Offer the sample of z `(1, *latent_shape)`; return the objective and, computed after that, its gradient."""
    z = z.detach().requires_grad_()
    noise = with_row(noise, 0, z)
    samples = problem.generate(noise)
    rewards = problem.reward(samples)
    yield Candidates(samples.detach(), rewards.detach(), noise.detach())
    (gradient,) = torch.autograd.grad(-rewards.sum(), z)
    return -rewards.item(), checked(gradient)
