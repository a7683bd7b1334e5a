"""What a step would lead to: next latents drawn from their distribution, judged by their predicted clean images."""

from typing import NamedTuple

import torch
from torch import Tensor

from bench.problem import Prediction, Problem


class LookAhead(NamedTuple):
    """Candidates for the next latents of n trajectories, q of each.

    Attributes:
        prediction: at the next step, noise and clean latent `(q, n, *latent_shape)` each.
        rewards: of the predicted clean images, `(q, n)`.
    """

    prediction: Prediction
    rewards: Tensor

    def best(self) -> tuple[Tensor, Tensor]:
        """The index of the best candidate of each trajectory, for tensors `(q, n, ...)`."""
        n = self.rewards.shape[1]
        return self.rewards.argmax(0), torch.arange(n, device=self.rewards.device)


def look_ahead(problem: Problem, prediction: Prediction, step: int, noise: Tensor, rollout: int = 1) -> LookAhead:
    """Take `step` with each noise `(q, n, *latent_shape)` from one prediction `(n, *latent_shape)`, and judge.

    Args:
        problem: counts what this costs: q n predictions a step of the rollout, decodes and rewards.
        prediction: at `step`, which is not the last.
        step: the step to be taken.
        noise: to be injected.
        rollout: deterministic steps to the clean latent that is judged; 1 takes the prediction's own.
    """
    mean, std = problem.sampler.transition(prediction, step)
    ahead = problem.sampler.predict((mean + std * noise).flatten(0, 1), step + 1)
    clean = rolled_out(problem, ahead, step + 1, rollout).x0
    rewards = problem.reward(problem.sampler.decode(clean)).view(noise.shape[:2])
    return LookAhead(Prediction(*(one.view_as(noise) for one in ahead)), rewards)


def rolled_out(problem: Problem, prediction: Prediction, step: int, rollout: int) -> Prediction:
    """The prediction after `rollout - 1` deterministic steps, evenly spread from `step` to the last one."""
    sampler = problem.sampler
    levels = torch.linspace(step, sampler.steps, rollout + 1).round().int().unique().tolist()[1:-1]
    for level in levels:
        latent = sampler.alphas[level] * prediction.x0 + sampler.sigmas[level] * prediction.eps
        prediction = sampler.predict(latent, level)
    return prediction


def with_row(noise: Tensor, row: int, values: Tensor) -> Tensor:
    """The noise `(n, steps + 1, ...)` with one row replaced by `(n, ...)`."""
    return torch.cat([noise[:, :row], values[:, None], noise[:, row + 1 :]], dim=1)


def drawn_beside(first: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """`(count, *first.shape)` standard normal: `first`, and others from the method's own stream."""
    others = torch.randn((count - 1, *first.shape), generator=generator, device=first.device)
    return torch.cat([first[None], others])
