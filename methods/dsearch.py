"""Dynamic search, DSearch (Li et al. 2025, https://arxiv.org/abs/2503.02039): beams narrow while their trees widen.

Of n beams each draws its share of C candidates for its next latent and takes the best; the best n' beams go on:

    x_jk = mean(x_j) + std xi_jk,    k = 1..floor(C / n),    x_j' = x_jk with the largest r(x0(x_jk))
    n' = round(n_0 (n_end / n_0)^(i / (T - 1))) after i of T steps,    the x_j' with the largest r(x0(x_j'))

with mean(x) + std xi the sampler's step and x0(x) the clean latent that the denoiser predicts.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.look_ahead import drawn_beside, look_ahead, with_row
from bench.sampling.particles import require_noise


@register_method("dsearch", family="search", paper="https://arxiv.org/abs/2503.02039")
@dataclass(frozen=True)
class DSearch:
    """Beams are dropped as the trajectory goes on, and each that stays gets the candidates of those that went.

    Both schedules follow from the step alone: the number of beams falls exponentially, and at each step that searches
    a fixed number of candidates is shared among the beams.
    """

    beams: int = option(4, source="ours: at the start; official code, commit 364147d, README: 12 images of a batch")
    last_beams: int = option(1, source="ours: at the end")
    candidates: int = option(20, source="official code: duplicate_size 20 of its SVDD baseline; ours: of all beams")
    every: int = option(1, source="official code: search_schedule all; search at each so many steps")

    def __post_init__(self) -> None:
        if not 1 <= self.last_beams <= self.beams <= self.candidates:
            raise ValueError(
                "needed is 1 <= last_beams <= beams <= candidates, got "
                f"{self.last_beams}, {self.beams} and {self.candidates}"
            )
        require_at_least(self, 1, "every")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise."""
        require_noise(model)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise."""
        while True:
            yield (yield from self.trajectory(problem))

    def trajectory(self, problem: Problem) -> Generator[Candidates | None, float, Candidates]:
        """One search, looking up after each step."""
        sampler, noise = problem.sampler, problem.draw_noise(self.beams)
        prediction = sampler.predict(sampler.start(noise[:, 0]), 0)
        for step in range(sampler.steps - 1):
            yield None
            if (step + 1) % self.every:
                latent = sampler.step(prediction, step, noise[:, step + 1])
                prediction = sampler.predict(latent, step + 1)
                continue
            drawn = drawn_beside(noise[:, step + 1], self.candidates // len(noise), problem.generator)
            ahead = look_ahead(problem, prediction, step, drawn)
            best = ahead.best()
            kept = ahead.rewards[best].topk(self.width(step + 1, sampler.steps)).indices.sort().values
            noise = with_row(noise, step + 1, drawn[best])[kept]
            prediction = ahead.prediction.at(best).at(kept)
        # The last step injects no noise.
        samples = sampler.decode(sampler.step(prediction, sampler.steps - 1, noise[:, -1]))
        return Candidates(samples, problem.reward(samples), noise)

    def width(self, step: int, steps: int) -> int:
        """How many beams there are at a step."""
        return round(self.beams * math.pow(self.last_beams / self.beams, step / (steps - 1)))
