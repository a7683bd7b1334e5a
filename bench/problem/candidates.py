"""What a method yields.

A method's `run` is a generator: what it does between two yields is on the clock, what the harness does then is not.

    left = yield Candidates(samples, rewards, noise)    # offers what has been scored
    left = yield                                        # offers nothing: the harness may stop the method here

`left` is the share of the budget that is left, in (0, 1]. A method that does not plan ahead ignores it and is annotated
`Iterator[Candidates]`; one that does is a `Generator[Candidates | None, float, None]`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Candidates:
    """Scored samples, offered to the harness at a `yield`.

    Attributes:
        samples: what the model made, `(n, ...)`; images are `(n, 3, H, W)`, nominally in [0, 1], not clamped.
        rewards: their scores as the problem's `reward` gave them, `(n,)`.
        noise: the noise that makes them, `(n, steps + 1, *latent_shape)`; None where no noise does, as under guidance
            at eta 0. Metrics of the noise are then missing.
        info: further finite numbers for the log, which keeps them as `info/NAME`.
    """

    samples: Tensor
    rewards: Tensor
    noise: Tensor | None
    info: Mapping[str, float] = field(default_factory=dict)
