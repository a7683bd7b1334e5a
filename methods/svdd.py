"""Look-ahead search: SVDD-PM (Li et al. 2024, https://arxiv.org/abs/2408.08252) and CoDe, its blockwise form.

    x_k = mean(x) + std xi_k,    xi_k ~ N(0, I),    k = 1..children
    x' = x_k with the largest r(x0(x_k)),    at every step (SVDD) or at the first of each block (CoDe)

The paper draws x_k in proportion to exp(r(x0(x_k)) / alpha); this is the limit alpha -> 0.
"""

from collections.abc import Generator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.look_ahead import drawn_beside, look_ahead, with_row
from bench.sampling.particles import require_noise


@register_method("svdd", family="search", paper="https://arxiv.org/abs/2408.08252")
@dataclass(frozen=True)
class Svdd:
    """At each block's first step several next latents are drawn; that whose predicted clean image earns most goes on.

    The winner's prediction, made to judge it, is the next step's.
    """

    children: int = option(20, source="official code, commit 920d3b6: duplicate_size")
    block: int = option(1, source="SVDD: every step")
    particles: int = option(1, source="ours: trajectories side by side, each with children of its own")

    def __post_init__(self) -> None:
        require_at_least(self, 1, "children", "block", "particles")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise, or a block as long as the trajectory.

        Raises:
            ValueError: says why.
        """
        require_noise(model)
        if self.block >= model.steps:
            raise ValueError(f"block must be below the model's {model.steps} steps, got {self.block}")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        while True:
            yield (yield from self.trajectory(problem))

    def trajectory(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One trajectory of each particle, looking up after each step."""
        sampler, noise = problem.sampler, problem.draw_noise(self.particles)
        prediction = sampler.predict(sampler.start(noise[:, 0]), 0)
        for step in range(sampler.steps - 1):
            yield None
            if step % self.block or self.children == 1:
                latent = sampler.step(prediction, step, noise[:, step + 1])
                prediction = sampler.predict(latent, step + 1)
            else:
                drawn = drawn_beside(noise[:, step + 1], self.children, problem.generator)
                ahead = look_ahead(problem, prediction, step, drawn)
                best = ahead.best()
                prediction = ahead.prediction.at(best)
                noise = with_row(noise, step + 1, drawn[best])
        # The last step injects no noise: all children would be one.
        samples = sampler.decode(sampler.step(prediction, sampler.steps - 1, noise[:, -1]))
        return Candidates(samples, problem.reward(samples), noise)


@register_method("code", family="search", paper="https://arxiv.org/abs/2502.00968")
@dataclass(frozen=True)
class CoDe(Svdd):
    """Blockwise best-of-N as its pipeline has it: candidates at the first of each block's steps.

    They are candidates for one step, judged by their predicted clean image; the paper's algorithm unrolls the whole
    block for each.
    """

    children: int = option(5, source="official code, commit 4c80b45: n_samples")
    block: int = option(5, source="official code: block_size")
