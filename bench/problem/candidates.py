"""What a method yields (Candidates) and what a yield costs (Cost)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Candidates:
    """Scored samples, offered to the harness at a `yield`.

    Attributes:
        samples: what the model made, `(n, ...)`; images are `(n, 3, H, W)`, nominally in [0, 1], not clamped.
        rewards: their scores, `(n,)`.
        noise: the noise that makes them, `(n, steps + 1, *latent_shape)`.
        info: further scalars for the log.
    """

    samples: Tensor
    rewards: Tensor
    noise: Tensor
    info: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """What one yield of a method costs, counted in samples.

    Attributes:
        predictions: the denoiser's predictions; under classifier-free guidance each is two evaluations.
        decodes: decoded latents.
        rewards: scored samples.
        backward: predictions that a gradient passes through.
    """

    predictions: int
    decodes: int
    rewards: int
    backward: int = 0
