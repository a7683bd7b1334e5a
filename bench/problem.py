"""What a method is handed (Problem) and what it yields (Candidates)."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor
from torch.utils.checkpoint import checkpoint

from bench.budget import Budget, Meter
from bench.models.base import Model, Prediction

RewardFunction = Callable[[Tensor, Sequence[str]], Tensor]
NoiseStream = Callable[[int, tuple[int, ...]], Tensor]
"""`(index, shape)` to the noise of one sample; a longer noise begins with the rows of a shorter one."""


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
        noise_at: NoiseStream,
    ) -> None:
        self.prompt, self.budget, self.generator = prompt, budget, generator
        self.sampler = Sampler(model, prompt, meter)
        self._device = model.device
        self._reward, self._meter, self._noise_at = reward, meter, noise_at
        self._drawn = 0

    def draw_noise(self, n: int) -> Tensor:
        """The next `n` noises of the stream that all methods share, `(n, steps + 1, *latent_shape)`."""
        first, self._drawn = self._drawn, self._drawn + n
        shape = (self.sampler.steps + 1, *self.sampler.latent_shape)
        return torch.stack([self._noise_at(i, shape) for i in range(first, first + n)]).to(self._device)

    def with_sampling(self, **options: float) -> "Problem":
        """This problem, its model sampled otherwise: other `steps`, `guidance` or `eta`.

        Meter and generator are shared; the stream of noise goes on from where this problem's stands now.

        Raises:
            ValueError: the model has no such option.
        """
        other = copy(self)
        other.sampler = self.sampler.with_sampling(**options)
        return other

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
