"""Search over paths (Ma et al. 2025, https://arxiv.org/abs/2501.09732): back into the noise, and on by the ODE.

N latents x at a level of noise get M copies each, which go back to level b and on to f; the best N of them go on:

    x_k = a x + sqrt(sigma_b^2 - a^2 sigma^2) xi_k,    xi_k ~ N(0, I),    a = alpha_b / alpha
    x' = ODE(x_k, b -> f) with the largest r(x0), x0 the clean latent that was predicted last on the way
"""

from collections.abc import Generator
from dataclasses import dataclass

import torch

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.renoise import denoised, renoised


@register_method("search-over-paths", family="search", paper="https://arxiv.org/abs/2501.09732", own_sampling=True)
@dataclass(frozen=True)
class SearchOverPaths:
    """Copies of a half-denoised latent are noised anew and denoised further; the most promising go on.

    The sampler is the deterministic one, whatever the model's eta is. A sample's noise is its initial latent and the
    noise of each of its ways back.
    """

    paths: int = option(2, source="the paper: N, in 2, 4, 8")
    copies: int = option(4, source="the paper: M, in 2, 5")
    start: float = option(0.25, source="ours: share of the steps before the first way back")
    back: float = option(0.25, source="ours; the RBF repository's 780 of 1000 would undo most of a short trajectory")
    forward: float = option(0.5, source="ours: more than back, as in the paper; the RBF repository: 810 of 1000")

    def __post_init__(self) -> None:
        require_at_least(self, 1, "paths", "copies")
        if not (0 < self.start < 1 and 0 < self.back < self.forward <= 1):
            raise ValueError(
                "start, back and forward are shares of the steps in (0, 1] with back below forward, got "
                f"{self.start}, {self.back} and {self.forward}"
            )

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose steps are too few for a way back.

        Raises:
            ValueError: says how many it takes.
        """
        if model.steps < 3:
            raise ValueError(f"a way back needs at least 3 steps, the model has {model.steps}")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run search after search, each from fresh noise."""
        while True:
            yield (yield from self.search(problem))

    def search(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One search, looking up after each step."""
        sampler, noise = problem.sampler, problem.draw_noise(self.paths)[:, :1]
        level = max(1, round(self.start * sampler.steps))
        latent, _ = yield from denoised(sampler, sampler.start(noise[:, 0]), 0, level)
        while level < sampler.steps:
            noisier, further = self.levels(level, sampler.steps)
            latent, noise = latent.repeat_interleave(self.copies, 0), noise.repeat_interleave(self.copies, 0)
            drawn = torch.randn(latent.shape, generator=problem.generator, device=latent.device)
            noise = torch.cat([noise, drawn[:, None]], dim=1)
            noisy = renoised(sampler, latent, level, noisier, drawn)
            latent, x0 = yield from denoised(sampler, noisy, noisier, further)
            level = further
            if level < sampler.steps:
                kept = problem.reward(sampler.decode(x0)).topk(self.paths).indices
                latent, noise = latent[kept], noise[kept]
        samples = sampler.decode(latent)
        return Candidates(samples, problem.reward(samples), noise)

    def levels(self, level: int, steps: int) -> tuple[int, int]:
        """Where the way back from `level` leads, and the way on from there; at least one step further than before."""
        noisier = max(0, level - max(1, round(self.back * steps)))
        return noisier, min(steps, max(level + 1, noisier + round(self.forward * steps)))
