"""PSP: successive halving of seeds (2026, https://arxiv.org/abs/2607.21591).

    x_j' = mean(x_j) + std xi_j,    j = 1..n
    at a cut:  keep the floor(n / 2) of the x_j with the largest r(x0(x_j))
    predictions of n = 2 N seeds in T steps, cut at T/4 and T/2:  2 N T/4 + N T/4 + N/2 T/2 = N T

with mean(x) + std xi the sampler's step and x0(x) the clean latent that the denoiser predicts.
"""

from collections.abc import Generator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method


@register_method("psp", family="search", paper="https://arxiv.org/abs/2607.21591")
@dataclass(frozen=True)
class Psp:
    """Seeds start together; at two points of the trajectory the half whose clean image promises less is dropped.

    2 N seeds cost as many predictions as N whole trajectories.
    """

    seeds: int = option(8, source="README of rogerioagjr/PSP: twice the N = 4 of its best-of-n")
    cuts: tuple[float, ...] = option((0.25, 0.5), source="README: shares of the steps after which half is dropped")

    def __post_init__(self) -> None:
        if self.seeds < 2 ** len(self.cuts):
            raise ValueError(f"seeds must be at least {2 ** len(self.cuts)}, to be halved {len(self.cuts)} times")
        if not self.cuts or not all(0 < one < 1 for one in self.cuts) or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError(f"cuts must be ascending shares of the steps in (0, 1), got {self.cuts}")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model with fewer steps than there are halvings.

        Raises:
            ValueError: says how many it takes.
        """
        if len({0, *self.after(model.steps), model.steps}) < len(self.cuts) + 2:
            raise ValueError(f"{model.steps} steps are too few for halvings after {self.cuts} of them")

    def after(self, steps: int) -> list[int]:
        """How many steps are done at each halving."""
        return [round(cut * steps) for cut in self.cuts]

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        sampler = problem.sampler
        while True:
            noise = problem.draw_noise(self.seeds)
            latent = sampler.start(noise[:, 0])
            for step in range(sampler.steps):
                prediction = sampler.predict(latent, step)
                if step + 1 in self.after(sampler.steps):
                    rewards = problem.reward(sampler.decode(prediction.x0))
                    kept = rewards.topk(len(noise) // 2).indices.sort().values
                    noise, prediction = noise[kept], prediction.at(kept)
                latent = sampler.step(prediction, step, noise[:, step + 1])
                yield None
            samples = sampler.decode(latent)
            yield Candidates(samples, problem.reward(samples), noise)
