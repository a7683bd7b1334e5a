"""What a model offers the harness: a trajectory from noise to a sample, one step at a time, differentiable."""

from typing import Any, NamedTuple, Protocol

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


class Model(Protocol):
    """A frozen generative model with a fixed step schedule; step 0 is the first (noisiest) one."""

    steps: int
    latent_shape: tuple[int, ...]
    device: torch.device
    evals_per_prediction: int
    """Denoiser evaluations that one `predict` costs a sample: 2 under classifier-free guidance."""
    recompute: bool
    """Whether a gradient through the trajectory should recompute each step rather than keep its activations."""

    def encode(self, prompt: str) -> Any:  # noqa: ANN401 - each family conditions in its own way
        """The conditioning for `prompt`, handed back to `predict`."""
        ...

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise, `(n, *latent_shape)`."""
        ...

    def predict(self, latent: Tensor, step: int, condition: Any) -> Prediction:  # noqa: ANN401
        """The denoiser's prediction at `step` for latents `(n, *latent_shape)`."""
        ...

    def step(self, latent: Tensor, step: int, prediction: Prediction, noise: Tensor) -> Tensor:
        """The next latent, with `noise` (row `step + 1` of the noise) injected."""
        ...

    def decode(self, latent: Tensor) -> Tensor:
        """Samples from final latents; images are `(n, 3, H, W)`, nominally in [0, 1], not clamped."""
        ...
