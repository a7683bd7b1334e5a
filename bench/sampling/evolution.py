"""What evolution strategies on noise share: their options, and how a generation is scored."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.problem import Candidates, Problem
from bench.sampling.scored import scored
from bench.sampling.sphere import onto_sphere, with_rows


@dataclass(frozen=True)
class Evolution:
    """Options of a strategy; each gives its own defaults.

    Attributes:
        population: individuals of a generation.
        spread: standard deviation of the first generation, in units of the noise's.
        batch_size: individuals generated at once, an offer a batch.

    Raises:
        ValueError: they make no sense; says what is allowed.
    """

    population: int
    spread: float
    batch_size: int

    def __post_init__(self) -> None:
        if self.population < 2 or self.batch_size < 1 or self.spread <= 0:
            raise ValueError(
                "population must be at least 2, batch_size 1 and spread positive, got "
                f"{self.population}, {self.batch_size} and {self.spread}"
            )

    def score(
        self, problem: Problem, first: Tensor, rows: list[int], individuals: Tensor
    ) -> Generator[Candidates, float, Tensor]:
        """Offer a generation batch by batch, drawn onto the sphere where Gaussian noise lies, row by row.

        Args:
            problem: samples and scores.
            first: the noise `(1, steps + 1, *latent_shape)` whose other rows stay as they are.
            rows: which rows the individuals are.
            individuals: `(population, len(rows), *latent_shape)`.

        Returns:
            Their rewards, `(population,)`.
        """
        rewards = []
        for part in onto_sphere(individuals).split(self.batch_size):
            offered = scored(problem, with_rows(first, rows, part))
            yield offered
            rewards.append(offered.rewards)
        return torch.cat(rewards)
