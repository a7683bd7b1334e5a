"""A trajectory whose steps are pushed, some of them again and again, and the noise that makes its sample."""

import torch
from torch import Tensor

from bench.problem import Candidates, Prediction, Problem, Transition
from bench.sampling.look_ahead import with_row
from bench.sampling.noise_ascent import checked
from bench.sampling.renoise import renoised


class GuidedPath:
    """A trajectory of n samples whose steps a method may push, or take again.

    Noise says what was done: a step that injects std xi and is pushed by d is the sampler's own with xi + d / std, and
    a latent that was noised anew is what other noise at the step before would have led to. So that it can be said, the
    last step of a stochastic sampler, which injects none, is left alone. Where no step injects noise, as at eta 0, all
    may be pushed, and no noise makes the sample.

    Args:
        problem: samples.
        n: how many.

    Attributes:
        latent: where the trajectory is, `(n, *latent_shape)`.
        steps: those that may be pushed, in order.
    """

    def __init__(self, problem: Problem, n: int) -> None:
        self._problem, self._sampler = problem, problem.sampler
        self._noise, self._is_made = problem.draw_noise(n), True
        self.latent = self._sampler.start(self._noise[:, 0])
        first = float(self._sampler.start(torch.ones(1, *self._sampler.latent_shape)).mean())
        self._reached = [Transition(torch.zeros_like(self.latent), first)]  # from where each latent was drawn
        injects = self._sampler.transition(Prediction(self.latent, self.latent), 0).std > 0
        self.steps = range(self._sampler.steps - 1 if injects else self._sampler.steps)

    def take(self, step: int, prediction: Prediction, push: Tensor | None = None) -> None:
        """Go from `step` to the next one, and by `push` `(n, *latent_shape)` beside where the sampler leads.

        Raises:
            FloatingPointError: the push is not finite.
        """
        mean, std = self._sampler.transition(prediction, step)
        self._reached[step + 1 :] = [Transition(mean, std)]
        self.latent = mean + std * self._noise[:, step + 1]
        if push is not None:
            self._move(step + 1, self.latent + checked(push))

    def back(self, step: int) -> None:
        """Noise the latent anew, to be what it is before `step`, which will inject fresh noise (time travel)."""
        shape, device = (2, *self.latent.shape), self.latent.device
        again, injected = torch.randn(shape, generator=self._problem.generator, device=device)
        self._move(step, renoised(self._sampler, self.latent, step + 1, step, again))
        self._noise = with_row(self._noise, step + 1, injected)

    def offer(self) -> Candidates:
        """The samples, after the sampler's own steps from here on."""
        for step in range(len(self._reached) - 1, self._sampler.steps):
            self.take(step, self._sampler.predict(self.latent, step))
        samples = self._sampler.decode(self.latent)
        return Candidates(samples, self._problem.reward(samples), self._noise if self._is_made else None)

    def _move(self, level: int, latent: Tensor) -> None:
        """Be elsewhere at a level of noise, as other noise would have led there, if there is any."""
        mean, std = self._reached[level]
        self.latent, self._is_made = latent, self._is_made and std > 0
        if std > 0:
            self._noise = with_row(self._noise, level, (latent - mean) / std)
