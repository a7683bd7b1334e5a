"""Psi-Sampler (Yoon et al., NeurIPS 2025, https://arxiv.org/abs/2506.01320): chains on the noise, then particles.

TDS starts with log w = 0 (official code: phi(z)) from z ~ pi = N(z; 0, I) exp(phi), phi(z) = r(x0(z)) / temperature:

    z' = rho z + sqrt(1 - rho^2) (xi + sqrt(h)/2 clip(grad phi(z))),  accept if u < pi(z') q(z|z') / (pi(z) q(z'|z))
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_positive
from bench.sampling.crank_nicolson import ChainState, moved
from bench.sampling.look_ahead import with_row
from bench.sampling.noise_ascent import clip
from bench.sampling.particles import check_finite
from bench.sampling.temperature import Temperature, measured
from methods.das import Das


@register_method("psi-sampler", family="particles", paper="https://arxiv.org/abs/2506.01320", gradient=True)
@dataclass(frozen=True)
class PsiSampler(Das):
    """Langevin chains find noise whose predicted clean image earns much; TDS's particles start from it."""

    particles: int = option(10, source="official code, commit 03b9a38: config/aesthetic.yaml")
    temperature: Temperature = option(0.1, source="official code: alpha and alpha_mcmc; auto: see the toolkit")
    tempering: float | None = option(None, source="official code: none")
    chains: int = option(5, source="official code: num_chains")
    burn_in: int = option(25, source="official code: steps of a chain before its first particle may be taken")
    thinning: int = option(12, source="official code: 25 steps more, of which one in 12 becomes a particle")
    step_size: float = option(0.5, source="official code: h; rho is 7/9")
    max_gradient: float | None = option(4e-4, source="official code: grad_norm, its rms in a chain at most; null: none")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chains < 1 or self.particles % self.chains:
            raise ValueError(f"chains must be at least 1 and divide particles, got {self.chains} of {self.particles}")
        if min(self.burn_in, self.thinning) < 1 or not 0 < self.step_size <= 4:
            got = f"{self.burn_in}, {self.thinning} and {self.step_size}"
            raise ValueError(f"burn_in and thinning must be at least 1, step_size in (0, 4], got {got}")
        require_positive(self, "max_gradient")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run chains and a trajectory, again and again, each time from fresh noise."""
        temperature = yield from measured(problem, self.temperature, self.particles)
        while True:
            noise, paid, info = yield from self.chain(problem, temperature, problem.draw_noise(self.particles))
            offered = (yield from self.trajectory(problem, temperature, noise, paid)).offer()
            yield replace(offered, info={**offered.info, **info})

    def chain(
        self, problem: Problem, temperature: float, noise: Tensor
    ) -> Generator[None, float, tuple[Tensor, Tensor, dict[str, float]]]:
        """Put states of chains into row 0 of drawn noise, looking up after each step; with it their log-tilts."""
        here, states, accepted = self.state_at(problem, temperature, noise[: self.chains, 0]), [], []
        for _ in range(self.burn_in + self.thinning * self.particles // self.chains):
            here, log_acc = moved(here, partial(self.state_at, problem, temperature), self.step_size, problem.generator)
            accepted.append(log_acc.clamp(max=0).exp().mean())
            states.append((here.noise, here.tilt))
            yield None
        initial, paid = map(torch.cat, zip(*states[self.burn_in + self.thinning - 1 :: self.thinning], strict=True))
        early, late = (float(one.mean()) for one in torch.stack(accepted).tensor_split([self.burn_in]))
        return with_row(noise, 0, initial), paid, {"acceptance_burn_in": early, "acceptance": late}

    def state_at(self, problem: Problem, temperature: float, noise: Tensor) -> ChainState:
        """What noise `(n, *latent_shape)` promises at the first step, over the temperature."""
        noise = noise.detach().requires_grad_()
        prediction = problem.sampler.predict(problem.sampler.start(noise), 0)
        rewards = problem.reward(problem.sampler.decode(prediction.x0))
        (gradient,) = torch.autograd.grad(rewards.sum(), noise)
        clip(gradient, (self.max_gradient or torch.inf) * noise[0].numel() ** 0.5, group=1)
        state = ChainState(noise.detach(), rewards.detach() / temperature, gradient / temperature)
        check_finite(state.tilt + state.drift.square().flatten(1).sum(1), temperature)
        return state
