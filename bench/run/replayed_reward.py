"""A reward's scores and their gradient as one graph, where the model's predictions are graphs too.

Unlike a step of a trajectory a reward is not run again for its gradient: the device takes as long for a vision tower as
the host for launching it, so that a second run costs more than graphs save. Score i depends on sample i alone, so its
gradient can be taken before anybody asks for it, in the same recording, and is then only scaled. To the bit it is the
reward's own where the scale is a power of two, as of a mean over 1, 2 or 4 samples; else it is rounded once more.

Rewards are never compiled: they look files up, remember what they were told and differentiate themselves.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from bench.models.replay import Replay, differentiated
from bench.registry import Reward, TensorReward


def replayed(name: str, reward: TensorReward, replay: Replay) -> Reward:
    """The same scores and gradients, replayed.

    Args:
        name: decides what the reward does, its options included.
        reward: differentiable.
        replay: records it, or runs it eagerly where that cannot be.
    """

    def score_and_gradient(samples: Tensor, *told: Tensor) -> Tensor:
        with torch.enable_grad():
            leaf = samples.detach().requires_grad_()
            scores = reward.score(leaf, *told)
        (gradient,) = torch.autograd.grad(scores, leaf, torch.ones_like(scores))
        return torch.cat([scores.detach()[:, None], gradient.flatten(1)], dim=1)

    def scores(samples: Tensor, prompts: Sequence[str]) -> Tensor:
        told = reward.told(prompts, samples.device)
        if not differentiated(samples):
            return replay(f"score {name}", reward.score, samples, *told)
        both = replay(f"score and gradient {name}", score_and_gradient, samples.detach(), *told)
        found: Tensor = _Known.apply(samples, both)  # type: ignore[no-untyped-call]
        return found

    return scores


class _Known(torch.autograd.Function):
    """Scores whose gradients are known: column 0, and the others."""

    @staticmethod
    def forward(ctx: Any, samples: Tensor, both: Tensor) -> Tensor:  # noqa: ANN401
        ctx.shape = samples.shape
        ctx.save_for_backward(both)
        return both[:, 0].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *cotangents: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        (both,) = ctx.saved_tensors
        return (cotangents[0][:, None] * both[:, 1:]).view(ctx.shape), None
