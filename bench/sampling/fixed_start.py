"""Samples of noises that begin alike: what the shared rows decide is computed once, and has no gradient."""

from torch import Tensor

from bench.problem import Problem, Transition


class FixedStart:
    """The whole sampler, from noise whose first rows stay what they were drawn as.

    Row `i` is injected at the end of step `i - 1`: with `rows` fixed rows the first `rows` predictions never change.

    Args:
        problem: samples.
        drawn: the noise that is begun with, `(n, steps + 1, *latent_shape)`.
        rows: how many rows stay; none is the plain sampler.
    """

    def __init__(self, problem: Problem, drawn: Tensor, rows: int) -> None:
        self._problem, self._drawn, self._rows = problem, drawn, rows
        self._reached: Transition | None = None

    def generate(self, noise: Tensor) -> Tensor:
        """Samples from `(q n, steps + 1, *latent_shape)`, q variants of the drawn noise one after another.

        Differentiable in the rows that do not stay.
        """
        if self._rows == 0:
            return self._problem.generate(noise)
        if self._reached is None:
            self._reached = self._reach()
        mean, std = self._reached
        copies = [len(noise) // len(mean), *[1] * (mean.dim() - 1)]
        sampler = self._problem.sampler
        latent = mean.repeat(copies) + std * noise[:, self._rows]
        for step in range(self._rows, sampler.steps):
            latent = sampler.step(sampler.predict(latent, step), step, noise[:, step + 1])
        return sampler.decode(latent)

    def _reach(self) -> Transition:
        """Where the trajectory is when the first row that moves is about to be injected."""
        sampler, last = self._problem.sampler, self._rows - 1
        latent = sampler.start(self._drawn[:, 0])
        for step in range(last):
            latent = sampler.step(sampler.predict(latent, step), step, self._drawn[:, step + 1])
        return sampler.transition(sampler.predict(latent, last), last)
