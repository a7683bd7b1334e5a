"""The trajectory from noise to a sample, one step at a time, metered."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from bench.problem.meter import Meter
from bench.problem.model import RERUNS, GuidedModel, Model, Prediction, Transition


class Sampler:
    """The model under one prompt, metered: for methods that work inside a trajectory.

    What is counted is what the network does: where a gradient recomputes predictions or decodes, they count again.

    Args:
        model: what samples.
        condition: what `model.encode` made of the prompt; it holds under any sampling options.
        meter: counts.

    Attributes:
        steps: sampling steps.
        most_steps: how many `with_sampling` may ask for.
        latent_shape: shape of one latent.
        alphas, sigmas: scales of signal and noise before each step and after the last, `steps + 1` values each.
    """

    def __init__(self, model: Model, condition: Any, meter: Meter) -> None:  # noqa: ANN401 - see Model.encode
        self.steps, self.most_steps, self.latent_shape = model.steps, model.most_steps, model.latent_shape
        self.alphas, self.sigmas = model.alphas, model.sigmas
        self._model, self._condition, self._meter = model, condition, meter

    def with_sampling(self, **options: float) -> "Sampler":
        """The same model and meter under other sampling options, such as `eta=0`; the prompt is not encoded again."""
        return Sampler(self._model.with_sampling(**options), self._condition, self._meter)

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise; both `(n, *latent_shape)`."""
        return self._model.start(noise)

    def predict(self, latent: Tensor, step: int) -> Prediction:
        """The denoiser's guided prediction at `step` (0 is the noisiest) for `(n, *latent_shape)`."""
        return self._metered([self._model.predict(part, step, self._condition) for part in self._chunks(latent)])

    def predict_with_correction(self, latent: Tensor, step: int) -> tuple[Prediction, Tensor]:
        """As `predict`, and what classifier-free guidance added: w (eps_text - eps_empty), without gradient.

        Raises:
            ValueError: the predictions of this model are not guided.
        """
        model = self._model
        if not isinstance(model, GuidedModel):
            raise ValueError("a model of this kind has no classifier-free guidance")
        parts = [model.predict_with_correction(part, step, self._condition) for part in self._chunks(latent)]
        return self._metered([one for one, _ in parts]), torch.cat([correction for _, correction in parts])

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, *latent_shape)` and standard deviation of the next latent; 0 where the step injects no noise."""
        return self._model.transition(prediction, step)

    def step(self, prediction: Prediction, step: int, noise: Tensor) -> Tensor:
        """The next latent, `mean + std noise`, with `noise` `(n, *latent_shape)` (row `step + 1`) injected."""
        mean, std = self.transition(prediction, step)
        return mean + std * noise

    def with_x0(self, latent: Tensor, step: int, x0: Tensor) -> Prediction:
        """The prediction whose clean latent is `x0`; its noise is the rest of `latent`. All `(n, *latent_shape)`."""
        return Prediction((latent - self.alphas[step] * x0) / self.sigmas[step], x0)

    def decode(self, latent: Tensor) -> Tensor:
        """Samples from final latents."""
        samples = torch.cat([self._model.decode(part) for part in self._chunks(latent)])
        self._meter.decodes += len(latent)

        def differentiated() -> None:
            self._meter.decodes += len(latent) * self._reruns

        watched: tuple[Tensor] = _OnBackward.apply(differentiated, samples)  # type: ignore[no-untyped-call]
        return watched[0]

    def _metered(self, parts: Sequence[Prediction]) -> Prediction:
        """The predictions of all chunks as one, counted; so is their gradient where it is taken."""
        eps, x0 = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        evals = len(eps) * self._model.evals_per_prediction
        self._meter.denoiser_evals += evals

        def differentiated() -> None:
            self._meter.backward_evals += evals
            self._meter.denoiser_evals += evals * self._reruns

        return Prediction(*_OnBackward.apply(differentiated, eps, x0))  # type: ignore[no-untyped-call]

    def _chunks(self, latent: Tensor) -> tuple[Tensor, ...]:
        """What the model takes at once, so that memory does not grow with the batch."""
        parts: tuple[Tensor, ...] = latent.split(self._model.chunk or len(latent))
        return parts

    @property
    def _reruns(self) -> int:
        """How often a backward pass runs a network again."""
        return RERUNS[self._model.recompute]


class _OnBackward(torch.autograd.Function):
    """The identity; its backward pass calls a function first."""

    @staticmethod
    def forward(ctx: Any, called: Callable[[], None], *tensors: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        ctx.called = called
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        ctx.called()
        return None, *gradients
