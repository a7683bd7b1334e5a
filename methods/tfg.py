"""Training-free guidance, TFG (Ye et al., NeurIPS 2024, https://arxiv.org/abs/2409.15761).

With f = exp(r / temperature), f~ its mean over N(x0, sigma_t^2 I), and x0(x) the clean latent that the denoiser
predicts, a step is, `recurrences` times with x' noised anew in between:

    D_t = rho_t grad_x log f~(x0(x)),    D_0 = what `iterations` times  x0 <- x0 + mu_t grad log f~(x0)  adds to x0(x)
    x' = the sampler's step + (alpha' / alpha) D_t + alpha' D_0
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.guidance import ascended, promise, softened
from bench.sampling.guided_path import GuidedPath
from bench.sampling.levels import Course, noise_share, of_mean_one, signal_growth
from bench.sampling.temperature import Temperature, check_temperature, measured


@register_method("tfg", family="guidance", paper="https://arxiv.org/abs/2409.15761", gradient=True)
@dataclass(frozen=True)
class Tfg:
    """The reward's gradient moves the latent and its predicted clean latent; other guidance is a case of this.

    A stochastic sampler's last step, which injects no noise, is left alone; at eta 0 no noise makes the sample.
    """

    rho: float = option(1.0, source="official code, commit f8d17f3: utils/configs.py")
    rho_schedule: Course = option("increase", source="official code")
    mu: float = option(1.0, source="official code")
    mu_schedule: Course = option("increase", source="official code")
    sigma: float = option(0.01, source="official code")
    sigma_schedule: Literal["decrease", "constant"] = option("decrease", source="official code: with sqrt(1 - abar_t)")
    samples: int = option(4, source="official code: eps_bsz")
    iterations: int = option(1, source="official code: iter_steps")
    recurrences: int = option(1, source="official code: recur_steps")
    temperature: Temperature = option(1.0, source="ours: the reward is log f itself; auto: see the toolkit")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        check_temperature(self.temperature)
        require_at_least(self, 0, "rho", "mu", "sigma")
        require_at_least(self, 1, "samples", "iterations", "recurrences", "batch_size")
        if self.sigma == 0 and self.samples > 1:
            raise ValueError(f"at sigma 0 all samples are one: samples must be 1, got {self.samples}")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        temperature = yield from measured(problem, self.temperature, self.batch_size)
        while True:
            path = GuidedPath(problem, self.batch_size)
            for step in path.steps:
                for repeat in range(self.recurrences):
                    if repeat > 0:
                        path.back(step)
                    path.take(step, *self.pushed(problem, path.latent, step, temperature))
                    yield None
            yield path.offer()

    def pushed(self, problem: Problem, latent: Tensor, step: int, temperature: float) -> tuple[Prediction, Tensor]:
        """The prediction for `(n, *latent_shape)`, and how far to move the next latent, of this shape."""
        sampler = problem.sampler
        sigma = self.sigma * (noise_share(sampler, step) if self.sigma_schedule == "decrease" else 1)
        delta = torch.randn((self.samples, *latent.shape), generator=problem.generator, device=latent.device)
        log_f = softened(problem, temperature, sigma * delta)
        rho = self.rho * of_mean_one(sampler, step, self.rho_schedule) * signal_growth(sampler, step)
        mu, times = self.mu * of_mean_one(sampler, step, self.mu_schedule), self.iterations if self.mu > 0 else 0
        if rho > 0:
            prediction, _, gradient = promise(problem, latent, step, log_f)
        else:  # nothing of the denoiser is differentiated
            prediction, gradient = sampler.predict(latent, step), torch.zeros_like(latent)
        ascent = ascended(log_f, prediction.x0, mu, times) - prediction.x0
        return prediction, rho * gradient + sampler.alphas[step + 1] * ascent
