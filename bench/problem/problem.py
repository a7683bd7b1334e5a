"""What a method is handed: one prompt, one reward, one model, one seed."""

from collections.abc import Callable
from copy import copy

import torch
from torch import Generator, Tensor

from bench.problem.meter import Meter
from bench.problem.model import Model
from bench.problem.sampler import Sampler
from bench.registry import Reward

NoiseStream = Callable[[int, tuple[int, ...]], Tensor]
"""`(index, shape)` to the noise of one sample; a longer noise begins with the rows of a shorter one."""


class Problem:
    """One prompt, one reward, one model, one seed: everything a method may ask for, metered.

    Attributes:
        prompt: the text that conditions the model and the reward.
        generator: the method's own random stream, on the model's device.
        sampler: the trajectory step by step.
    """

    def __init__(
        self,
        model: Model,
        reward: Reward,
        prompt: str,
        meter: Meter,
        generator: Generator,
        noise_at: NoiseStream,
    ) -> None:
        self.prompt, self.generator = prompt, generator
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
