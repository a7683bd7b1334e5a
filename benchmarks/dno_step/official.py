"""The loop of DNO's official code (commit d67386f), written anew from its description: what ours is compared with.

It keeps what that code spends its time on: float32 weights under autocast, a checkpoint around each prediction with
torch's defaults, a decode and a copy to the host at every sampling step that nobody looks at, a gradient scaler, and a
regulariser that takes one permutation after the other and waits for the device in each. Rows of the noise stand in our
order, first the initial latent. Prediction and transition are the model's own, so that the loop runs on any family.
"""

from math import log

import torch
from torch import Generator, Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import AdamW
from torch.utils.checkpoint import checkpoint

from bench.models.latent import Condition, LatentModel
from bench.registry import Reward
from benchmarks.dno_step.gradients import arithmetic

_BLOCK_SIZE = 4
_FIRST_SCALE = 8192.0


class OfficialLoop:
    """Ascends the reward of one sample.

    Args:
        model: in the weights that the loop runs with, not replayed.
        condition: of the prompt.
        reward: what is ascended; called with the empty prompt.
        noise: to begin with, `(steps + 1, *latent_shape)`.
        autocast: the type of the arithmetic; None for that of the weights.
        gamma: weight of the regulariser.
        permutations: of the regulariser.
        generator: draws them; on the noise's device.

    Attributes:
        noise: as it is now; its `grad` is the last one, clipped.
    """

    def __init__(
        self,
        model: LatentModel,
        condition: Condition,
        reward: Reward,
        noise: Tensor,
        *,
        autocast: torch.dtype | None = None,
        gamma: float = 0.0,
        permutations: int = 100,
        generator: Generator | None = None,
    ) -> None:
        self.noise = noise.clone().requires_grad_()
        self._model, self._condition, self._reward, self._autocast = model, condition, reward, autocast
        self._gamma, self._permutations, self._generator = gamma, permutations, generator
        self._optimizer = AdamW([self.noise], lr=0.01)
        self._scaler = torch.amp.GradScaler(
            noise.device.type, init_scale=_FIRST_SCALE, enabled=autocast == torch.float16
        )

    def step(self) -> Tensor:
        """One update; the image before it, `(1, ...)`."""
        self._optimizer.zero_grad()
        with arithmetic(self.noise.device, self._autocast):
            image = self._sample()
            loss = -self._reward(image, [""]).mean()
        if self._gamma > 0:
            loss = loss + self._gamma * regularizer(self.noise, self._permutations, self._generator)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimizer)
        clip_grad_norm_([self.noise], 1.0)
        self._scaler.step(self._optimizer)  # leaves out, silently, what overflowed
        self._scaler.update()
        return image.detach()

    def _sample(self) -> Tensor:
        model = self._model
        latent = model.start(self.noise[:1])
        for step in range(model.steps):
            prediction = checkpoint(model.predict, latent, step, self._condition, use_reentrant=False)
            mean, std = model.transition(prediction, step)
            latent = mean + std * self.noise[step + 1]
            with torch.no_grad():
                model.decode(latent).cpu()  # thrown away
        return model.decode(latent)


def regularizer(noise: Tensor, permutations: int, generator: Generator | None) -> Tensor:
    """R(z) with the official constant: 4 ln 2 more than `bench.sampling.probability.regularizer`.

    Args:
        noise: all noise of one sample, any shape.
        permutations: how many random orders the average runs over.
        generator: draws them.
    """
    flat = noise.flatten()
    kept: list[float] = []  # computed there too, and never returned
    penalty = _penalty(flat, kept)
    for _ in range(permutations):
        order = torch.randperm(flat.numel(), generator=generator, device=flat.device)
        penalty = penalty + _penalty(flat[order], kept) / permutations
    return penalty


def _penalty(flat: Tensor, kept: list[float]) -> Tensor:
    m = flat.numel() // _BLOCK_SIZE
    rows = flat[: m * _BLOCK_SIZE].view(m, _BLOCK_SIZE)
    m1 = rows.mean(0).norm()
    second = rows.T @ rows / m - torch.eye(_BLOCK_SIZE, device=flat.device)
    m2 = torch.linalg.matrix_norm(second, ord=2)
    excess = ((1 + m2).sqrt() - 1 - (_BLOCK_SIZE / m) ** 0.5).clamp_min(0)
    exponents = m * m1**2 / (2 * _BLOCK_SIZE), m * excess**2 / 2
    clipped = [one.clamp_min(log(2)) for one in exponents]
    kept += [one.item() for one in (m1, m2, *(2 * (-one).exp() for one in clipped))]
    penalty: Tensor = clipped[0] + clipped[1]
    return penalty
