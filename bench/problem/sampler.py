"""The trajectory from noise to a sample, one step at a time, metered."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from bench.problem.meter import Meter
from bench.problem.model import Model, Prediction


class Sampler:
    """The model under one prompt, metered: for methods that work inside a trajectory.

    Attributes:
        steps: sampling steps.
        most_steps: how many `with_sampling` may ask for.
        latent_shape: shape of one latent.
        alphas, sigmas: scales of signal and noise before each step and after the last, `steps + 1` values each.
    """

    def __init__(self, model: Model, prompt: str, meter: Meter) -> None:
        self.steps, self.most_steps, self.latent_shape = model.steps, model.most_steps, model.latent_shape
        self.alphas, self.sigmas = model.alphas, model.sigmas
        self._model, self._prompt, self._meter = model, prompt, meter
        self._condition = model.encode(prompt)

    def with_sampling(self, **options: float) -> "Sampler":
        """The same model and meter under other sampling options, such as `eta=0`."""
        return Sampler(self._model.with_sampling(**options), self._prompt, self._meter)

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise; both `(n, *latent_shape)`."""
        return self._model.start(noise)

    def predict(self, latent: Tensor, step: int) -> Prediction:
        """The denoiser's guided prediction at `step` (0 is the noisiest) for `(n, *latent_shape)`."""
        evals = len(latent) * self._model.evals_per_prediction
        self._meter.denoiser_evals += evals
        parts = [self._call(self._model.predict, part, step, self._condition) for part in self._chunks(latent)]
        prediction = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        return Prediction(*_CountBackward.apply(self._meter, evals, *prediction))  # type: ignore[no-untyped-call]

    def step(self, latent: Tensor, step: int, prediction: Prediction, noise: Tensor) -> Tensor:
        """The next latent, with `noise` `(n, *latent_shape)` (row `step + 1`) injected."""
        return self._model.step(latent, step, prediction, noise)

    def decode(self, latent: Tensor) -> Tensor:
        """Samples from final latents."""
        self._meter.decodes += len(latent)
        return torch.cat([self._call(self._model.decode, part) for part in self._chunks(latent)])

    def _chunks(self, latent: Tensor) -> tuple[Tensor, ...]:
        """What the model takes at once, so that memory does not grow with the batch."""
        parts: tuple[Tensor, ...] = latent.split(self._model.chunk or len(latent))
        return parts

    def _call(self, function: Callable[..., Any], latent: Tensor, *rest: Any) -> Any:  # noqa: ANN401
        if self._model.recompute and latent.requires_grad:
            return checkpoint(function, latent, *rest, use_reentrant=False)
        return function(latent, *rest)


class _CountBackward(torch.autograd.Function):
    """The identity; its backward pass is metered."""

    @staticmethod
    def forward(ctx: Any, meter: Meter, evals: int, eps: Tensor, x0: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        ctx.meter, ctx.evals = meter, evals
        return eps.view_as(eps), x0.view_as(x0)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        ctx.meter.backward_evals += ctx.evals
        return None, None, *gradients
