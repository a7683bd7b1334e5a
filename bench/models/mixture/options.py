"""Which mixture: what the model, and the metrics that know its truth, take as options."""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.errors import InputError, unknown_name
from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.presets import PRESETS
from bench.registry import option


@dataclass(frozen=True)
class MixtureOptions:
    """A Gaussian mixture by name, or by its means, covariances and weights.

    Raises:
        InputError: the options make none.
    """

    preset: str = option("das-gmm-1", source="DAS's first notebook; also das-gmm-2, and gmm-64 in 64 dimensions")
    means: tuple[tuple[float, ...], ...] | None = option(None, source="null: those of the preset")
    covariances: float | tuple[tuple[tuple[float, ...], ...], ...] | None = option(
        None, source="null: those of the preset; a variance for round components, or a matrix for each"
    )
    weights: tuple[float, ...] | None = option(None, source="null: all components are equally heavy")

    def __post_init__(self) -> None:
        self.distribution()

    def distribution(self) -> GaussianMixture:
        """The mixture, in float64 on the CPU.

        Raises:
            InputError: the options make none.
        """
        if self.preset not in PRESETS:
            raise unknown_name("preset", self.preset, PRESETS)
        named = PRESETS[self.preset]()
        try:
            means = named.means if self.means is None else torch.tensor(self.means, dtype=torch.float64)
            k, d = means.shape
            return GaussianMixture(self._weights(k), means, self._covariances(named, k, d))
        except (ValueError, RuntimeError) as error:
            raise InputError(f"these options make no mixture: {error}") from None

    @property
    def dimensions(self) -> int:
        """Coordinates of a point."""
        return self.distribution().means.shape[1]

    def _weights(self, k: int) -> Tensor:
        given = torch.tensor(self.weights or (1.0,) * k, dtype=torch.float64)
        if not bool((given > 0).all()):
            raise ValueError(f"weights must be positive, got {self.weights}")
        return given / given.sum()

    def _covariances(self, named: GaussianMixture, k: int, d: int) -> Tensor:
        if self.covariances is None:
            if self.means is not None:
                raise ValueError("means of your own need covariances: a variance, or a matrix for each")
            return named.covariances
        if isinstance(self.covariances, float):
            return self.covariances * torch.eye(d, dtype=torch.float64).expand(k, d, d)
        return torch.tensor(self.covariances, dtype=torch.float64)
