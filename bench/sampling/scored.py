"""From noise to an offer: what every method that searches whole noises does."""

from torch import Tensor

from bench.problem import Candidates, Problem


def scored(problem: Problem, noise: Tensor) -> Candidates:
    """The samples of noise `(n, steps + 1, *latent_shape)` with their rewards."""
    samples = problem.generate(noise)
    return Candidates(samples, problem.reward(samples), noise)
