"""What a method is handed: one prompt, one reward, one model, one seed."""

from collections.abc import Callable
from copy import copy
from functools import partial

from torch import Generator, Tensor

from bench.problem.breaches import check_scores
from bench.problem.meter import Meter
from bench.problem.model import Model
from bench.problem.noise import NoiseAhead, NoiseStream
from bench.problem.sampler import Sampler
from bench.problem.seeding import draw_noise, stream
from bench.registry import Reward

DEFAULT_BATCH = 4
"""Samples at once where the device has no say: under a budget that is counted, and where nobody measures."""


class Problem:
    """One prompt, one reward, one model, one seed: everything a method may ask for, metered.

    Args:
        model: what samples.
        reward: what is to be raised.
        prompt: the text that conditions both.
        meter: counts what is asked for.
        generator: the method's own random stream, on the model's device.
        noise_at: the stream of noise that all methods share.
        reward_name: what messages call the reward.
        best_batch: says, when a method asks, how many samples at once are fastest.

    Attributes:
        prompt, generator: as above.
        sampler: the trajectory step by step.
        noise: what `draw_noise` draws from.
    """

    def __init__(
        self,
        model: Model,
        reward: Reward,
        prompt: str,
        meter: Meter,
        generator: Generator,
        noise_at: NoiseStream,
        reward_name: str = "",
        best_batch: Callable[[], int] = lambda: DEFAULT_BATCH,
    ) -> None:
        self.prompt, self.generator = prompt, generator
        self.sampler = Sampler(model, model.encode(prompt), meter)
        self.noise = NoiseAhead(noise_at, self.noise_shape)
        self._device = model.device
        self._reward, self._reward_name, self._meter = reward, reward_name, meter
        self._best_batch = best_batch
        self._drawn = 0

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of all noise behind one sample, `(steps + 1, *latent_shape)`."""
        return (self.sampler.steps + 1, *self.sampler.latent_shape)

    @property
    def best_batch(self) -> int:
        """How many samples at once to make and score, the same each time it is asked for; for methods that may choose.

        Under a budget of seconds it is the smallest batch of which a doubling would gain less than a tenth of samples a
        second on this device, bounded by memory and by half of the first checkpoint. The harness measures it in the
        warm-up, where the method should ask as soon as its `run` begins, and records it. Under a budget that is counted
        it is a constant that fits into the first checkpoint, so that results do not hang on the device.
        """
        return self._best_batch()

    def draw_noise(self, n: int) -> Tensor:
        """The next `n` noises of the stream that all methods share, `(n, steps + 1, *latent_shape)`."""
        first, self._drawn = self._drawn, self._drawn + n
        return self.noise.take(first, n, self.noise_shape).to(self._device)

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
            latent = sampler.step(sampler.predict(latent, step), step, noise[:, step + 1])
        return sampler.decode(latent)

    def reward(self, samples: Tensor) -> Tensor:
        """Scores of the samples, `(n,)` float32, higher is better.

        Raises:
            RewardError: the reward gave something else.
            MethodError: the samples are not finite, and so their scores are not.
        """
        self._meter.reward_calls += len(samples)
        scores = self._reward(samples, [self.prompt] * len(samples))
        check_scores(scores, samples, self._reward_name)
        return scores


def seeded_problem(
    model: Model,
    reward: Reward,
    prompt: str,
    seed: int,
    *,
    model_name: str,
    method_name: str = "",
    reward_name: str = "",
    meter: Meter | None = None,
    best_batch: Callable[[], int] = lambda: DEFAULT_BATCH,
) -> Problem:
    """A problem whose random streams follow from what its parts are.

    Args:
        model: what samples.
        reward: what is to be raised.
        prompt: the text that conditions both.
        seed: of the image.
        model_name: the model's registered name; with prompt and seed it decides the noise, whatever the method is and
            whatever a suite calls the model.
        method_name: the method's registered name; decides the method's own random numbers as well.
        reward_name: what messages call the reward.
        meter: counts what is asked for; by default a new one.
        best_batch: says, when a method asks, how many samples at once are fastest.
    """
    generator = stream("method", seed, model_name, prompt, method_name, device=model.device)
    noise_at = partial(draw_noise, seed, model_name, prompt)
    return Problem(model, reward, prompt, meter or Meter(), generator, noise_at, reward_name, best_batch)
