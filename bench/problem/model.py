"""What a model offers the harness: a trajectory from noise to a sample, one step at a time, differentiable."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor


class Prediction(NamedTuple):
    """What the denoiser says at one step.

    Attributes:
        eps: the predicted noise, `(n, *latent_shape)`, guidance applied.
        x0: the clean latent that this noise implies, `(n, *latent_shape)`.
    """

    eps: Tensor
    x0: Tensor

    def at(self, index: Tensor | tuple[Tensor, ...] | int) -> "Prediction":
        """The same of the latents at an index of the first dimension, or of several."""
        return Prediction(self.eps[index], self.x0[index])


class Transition(NamedTuple):
    """The next latent's distribution, given a prediction: `mean + std xi` with xi standard normal.

    Attributes:
        mean: `(n, *latent_shape)`.
        std: the same for all coordinates; 0 where the step injects no noise.
    """

    mean: Tensor
    std: float


Recompute = Literal["none", "steps", "blocks"]
"""What a backward pass recomputes: nothing; each step of the trajectory; each block of the networks as well.

The meter counts a step that is run again as one more evaluation, and its blocks, run once more, as another, though the
few layers outside of the blocks are spared that.
"""
RERUNS: Mapping[Recompute, int] = {"none": 0, "steps": 1, "blocks": 2}
"""How often a backward pass runs a network again."""


def changed_options(now: Mapping[str, float], changes: Mapping[str, float]) -> dict[str, float]:
    """Sampling options `now`, after `changes`.

    Raises:
        ValueError: a change to an option that is not there.
    """
    for name in changes:
        if name not in now:
            raise ValueError(f"this model has no sampling option {name!r} (it has {', '.join(now)})")
    return {**now, **changes}


class Model(Protocol):
    """A frozen generative model with a fixed step schedule; step 0 is the first (noisiest) one."""

    steps: int
    latent_shape: tuple[int, ...]
    device: torch.device
    evals_per_prediction: int
    """Denoiser evaluations that one `predict` costs a sample: 2 under classifier-free guidance."""
    alphas: tuple[float, ...]
    """Scale of the signal before each step and after the last: `steps + 1` values, ascending."""
    sigmas: tuple[float, ...]
    """Scale of the noise likewise: a latent is `alpha x0 + sigma eps`."""
    most_steps: int
    """How many sampling steps it can be asked for."""
    chunk: int | None
    """How many samples the model takes at once; None for any number."""
    recompute: Recompute
    """What gradients of `predict` and `decode` recompute rather than keep, which is their own doing; it is metered."""

    def with_sampling(self, **options: float) -> "Model":
        """The same weights under other sampling options: `steps`, `guidance`, `eta`.

        Raises:
            ValueError: the family has no such option.
        """
        ...

    def encode(self, prompt: str) -> Any:  # noqa: ANN401 - each family conditions in its own way
        """The conditioning for `prompt`, handed back to `predict`; the same under all sampling options."""
        ...

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise, `(n, *latent_shape)`."""
        ...

    def predict(self, latent: Tensor, step: int, condition: Any) -> Prediction:  # noqa: ANN401
        """The denoiser's prediction at `step` for latents `(n, *latent_shape)`."""
        ...

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Where `step` goes: the next latent is the mean plus std times row `step + 1` of the noise."""
        ...

    def decode(self, latent: Tensor) -> Tensor:
        """Samples from final latents; images are `(n, 3, H, W)`, nominally in [0, 1], not clamped."""
        ...


@runtime_checkable
class GuidedModel(Protocol):
    """A model of a kind that has classifier-free guidance, and can say what that adds."""

    def predict_with_correction(
        self,
        latent: Tensor,
        step: int,
        condition: Any,  # noqa: ANN401 - see Model.encode
    ) -> tuple[Prediction, Tensor]:
        """As `predict`, at its cost; and what guidance added to the noise, `(n, *latent_shape)`, without gradient.

        Raises:
            ValueError: predictions are not guided.
        """
        ...
