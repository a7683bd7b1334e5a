"""What a method is handed (Problem) and what it yields (Candidates)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor
from torch.utils.checkpoint import checkpoint

from bench.budget import Budget, Meter
from bench.models.base import Model, Prediction

RewardFunction = Callable[[Tensor, Sequence[str]], Tensor]


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


class Sampler:
    """The model under one prompt, metered: for methods that work inside a trajectory."""

    def __init__(self, model: Model, prompt: str, meter: Meter) -> None:
        self.steps = model.steps
        self.latent_shape = model.latent_shape
        self._model = model
        self._condition = model.encode(prompt)
        self._meter = meter

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise; both `(n, *latent_shape)`."""
        return self._model.start(noise)

    def predict(self, latent: Tensor, step: int) -> Prediction:
        """The denoiser's guided prediction at `step` (0 is the noisiest) for `(n, *latent_shape)`."""
        evals = len(latent) * self._model.evals_per_prediction
        self._meter.denoiser_evals += evals
        prediction = self._call(self._model.predict, latent, step, self._condition)
        return Prediction(*_CountBackward.apply(self._meter, evals, *prediction))  # type: ignore[no-untyped-call]

    def step(self, latent: Tensor, step: int, prediction: Prediction, noise: Tensor) -> Tensor:
        """The next latent, with `noise` `(n, *latent_shape)` (row `step + 1`) injected."""
        return self._model.step(latent, step, prediction, noise)

    def decode(self, latent: Tensor) -> Tensor:
        """Samples from final latents."""
        self._meter.decodes += len(latent)
        samples: Tensor = self._call(self._model.decode, latent)
        return samples

    def _call(self, function: Callable[..., Any], latent: Tensor, *rest: Any) -> Any:  # noqa: ANN401
        if self._model.recompute and latent.requires_grad:
            return checkpoint(function, latent, *rest, use_reentrant=False)
        return function(latent, *rest)


class Problem:
    """One prompt, one reward, one model, one seed: everything a method may ask for, metered.

    Attributes:
        prompt: the text that conditions the model and the reward.
        budget: what the method may spend; only methods declared not anytime should read it.
        generator: the method's own random stream, on the model's device.
        sampler: the trajectory step by step.
    """

    def __init__(
        self,
        model: Model,
        reward: RewardFunction,
        prompt: str,
        budget: Budget,
        meter: Meter,
        generator: Generator,
        noise_at: Callable[[int], Tensor],
    ) -> None:
        self.prompt, self.budget, self.generator = prompt, budget, generator
        self.sampler = Sampler(model, prompt, meter)
        self._device = model.device
        self._reward, self._meter, self._noise_at = reward, meter, noise_at
        self._drawn = 0

    def draw_noise(self, n: int) -> Tensor:
        """The next `n` noises of the stream that all methods share, `(n, steps + 1, *latent_shape)`."""
        first, self._drawn = self._drawn, self._drawn + n
        return torch.stack([self._noise_at(i) for i in range(first, first + n)]).to(self._device)

    def generate(self, noise: Tensor) -> Tensor:
        """Samples from noise `(n, steps + 1, *latent_shape)`: the whole sampler, differentiable in the noise."""
        sampler = self.sampler
        latent = sampler.start(noise[:, 0])
        for step in range(sampler.steps):
            prediction = sampler.predict(latent, step)
            latent = sampler.step(latent, step, prediction, noise[:, step + 1])
        return sampler.decode(latent)

    def reward(self, samples: Tensor) -> Tensor:
        """Scores of the samples, `(n,)` float32, higher is better."""
        self._meter.reward_calls += len(samples)
        return self._reward(samples, [self.prompt] * len(samples))


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
