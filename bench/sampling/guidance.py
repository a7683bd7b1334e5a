"""What guided methods share: where a latent would have to go for its predicted clean sample to earn more."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from bench.problem import Prediction, Problem

Objective = Callable[[Tensor], Tensor]
"""From clean latents `(n, *latent_shape)` to what is to be raised, `(n,)`, differentiable."""


class Promise(NamedTuple):
    """What latents promise at a step.

    Attributes:
        prediction: of the denoiser.
        rewards: of the predicted clean samples, or another objective of theirs, `(n,)`.
        gradient: of the rewards with respect to the latents, `(n, *latent_shape)`.
    """

    prediction: Prediction
    rewards: Tensor
    gradient: Tensor


def promise(problem: Problem, latent: Tensor, step: int, objective: Objective | None = None) -> Promise:
    """Predict, judge and differentiate `(n, *latent_shape)`; nothing of it holds a graph.

    Args:
        problem: predicts.
        latent: at `step`.
        step: of the trajectory.
        objective: judges the predicted clean latents; by default the reward of what they decode to.
    """
    latent = latent.detach().requires_grad_()
    prediction = problem.sampler.predict(latent, step)
    rewards = (objective or clean_reward(problem))(prediction.x0)
    return Promise(detached(prediction), rewards.detach(), slope(rewards, latent))


def clean_reward(problem: Problem) -> Objective:
    """The reward of what clean latents decode to."""
    return lambda clean: problem.reward(problem.sampler.decode(clean))


def softened(problem: Problem, temperature: float, offsets: Tensor) -> Objective:
    """Log of the mean of f = exp(reward / temperature) over what lies around clean latents.

    Args:
        problem: decodes and scores; q n at once.
        temperature: of the reward, positive.
        offsets: from the clean latents to what is averaged over, `(q, n, *latent_shape)`.
    """
    reward = clean_reward(problem)

    def log_mean(clean: Tensor) -> Tensor:
        log_f = reward((clean + offsets).flatten(0, 1)).view(offsets.shape[:2]) / temperature
        return log_f.logsumexp(0) - math.log(len(offsets))

    return log_mean


def ascended(objective: Objective, clean: Tensor, rate: float, times: int) -> Tensor:
    """Clean latents `(n, *latent_shape)` after so many steps of gradient ascent; the denoiser has no part in it."""
    for _ in range(times):
        clean = clean + rate * gradient_at(objective, clean)
    return clean


def gradient_at(objective: Objective, clean: Tensor) -> Tensor:
    """The gradient of the objective with respect to clean latents, of their shape."""
    clean = clean.detach().requires_grad_()
    return slope(objective(clean), clean)


def slope(values: Tensor, variable: Tensor) -> Tensor:
    """The gradient of `values` `(n,)`, each of which hangs on one row of `variable` `(n, ...)`, of its shape."""
    (gradient,) = torch.autograd.grad(values.sum(), variable)
    return gradient


def detached(prediction: Prediction) -> Prediction:
    """The same prediction without its graph."""
    return Prediction(*(one.detach() for one in prediction))
