"""What guided methods share: where a latent would have to go for its predicted clean sample to earn more."""

from typing import NamedTuple

import torch
from torch import Tensor

from bench.problem import Prediction, Problem


class Promise(NamedTuple):
    """What latents promise at a step.

    Attributes:
        prediction: of the denoiser.
        rewards: of the predicted clean samples, `(n,)`.
        gradient: of the rewards with respect to the latents, `(n, *latent_shape)`.
    """

    prediction: Prediction
    rewards: Tensor
    gradient: Tensor


def promise(problem: Problem, latent: Tensor, step: int) -> Promise:
    """Predict, score and differentiate `(n, *latent_shape)`; nothing of it holds a graph."""
    latent = latent.detach().requires_grad_()
    prediction = problem.sampler.predict(latent, step)
    rewards = problem.reward(problem.sampler.decode(prediction.x0))
    (gradient,) = torch.autograd.grad(rewards.sum(), latent)
    return Promise(Prediction(*(one.detach() for one in prediction)), rewards.detach(), gradient)
