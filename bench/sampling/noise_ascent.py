"""What the methods of the DNO family share: which noise is free to move, and how it is moved.

Defaults are those of the official code of DNO (commit d67386f), whose loop all of the family run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW, Optimizer

from bench.problem import Problem, Sampler
from bench.registry import ModelSpec, option
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.fixed_start import FixedStart
from bench.sampling.particles import require_noise
from bench.sampling.sphere import searched_rows

_OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"adamw": AdamW, "adam": Adam, "sgd": SGD}


def checked(gradient: Tensor | None) -> Tensor:
    """The gradient itself; the one place in an update where the host waits for the device.

    Raises:
        FloatingPointError: it is missing or not finite; an optimiser would go on with noise that is nothing any more.
    """
    if gradient is None or not bool(torch.isfinite(gradient).all()):
        raise FloatingPointError("the gradient is not finite; networks in fp16 overflow: try precision bf16 or fp32")
    return gradient


class FreeNoise:
    """Noise of which some rows move, uphill along a gradient, while the others stay what they were drawn as.

    Args:
        problem: samples.
        drawn: the noise to begin with, `(n, steps + 1, *latent_shape)`.
        rows: which rows move.
        optimizer: moves them; what it does to a coordinate must depend on that coordinate alone.
        max_grad_norm: bound on the norm of the gradient of all rows that move in one group; None for no bound.
        group: how many samples, one after another, share an objective and a clip.
    """

    def __init__(
        self,
        problem: Problem,
        drawn: Tensor,
        rows: slice,
        optimizer: Callable[..., Optimizer],
        max_grad_norm: float | None,
        group: int,
    ) -> None:
        first, end, _ = rows.indices(drawn.shape[1])
        self._before, self._after = drawn[:, :first], drawn[:, end:]
        self._start = FixedStart(problem, drawn, first)
        self.free = drawn[:, first:end].clone().requires_grad_()
        self._optimizer, self._max_grad_norm, self._group = optimizer([self.free]), max_grad_norm, group

    @property
    def noise(self) -> Tensor:
        """All rows, `(n, steps + 1, *latent_shape)`; gradients flow to the free ones."""
        return torch.cat([self._before, self.free, self._after], dim=1)

    def moved(self, shifts: Tensor) -> Tensor:
        """All rows `(q n, steps + 1, *latent_shape)` after q shifts `(q, n, rows, *latent_shape)` of the free ones."""
        return torch.cat([torch.cat([self._before, self.free + one, self._after], dim=1) for one in shifts])

    def generate(self, noise: Tensor) -> Tensor:
        """Samples of `noise` or `moved`: as the problem's, but what the rows before the free ones decide is kept."""
        return self._start.generate(noise)

    def ascend(self, objectives: Tensor) -> None:
        """One step of the optimiser towards larger `objectives` `(n,)`; a group climbs their mean."""
        self._optimizer.zero_grad()
        (-objectives.sum() / self._group).backward()
        gradient = checked(self.free.grad)
        if self._max_grad_norm is not None:
            clip(gradient, self._max_grad_norm, self._group)
        self._optimizer.step()


def clip(gradient: Tensor, max_norm: float, group: int) -> None:
    """Scale the gradients `(n, ...)` of each `group` samples, in place, to a norm of at most `max_norm`."""
    norms = torch.linalg.vector_norm(gradient.reshape(len(gradient) // group, -1), dim=1)
    scales = (max_norm / (norms + 1e-6)).clamp_max(1)  # as torch.nn.utils.clip_grad_norm_
    gradient *= scales.repeat_interleave(group).view(-1, *[1] * (gradient.dim() - 1))


def require_ode(model: ModelSpec) -> None:
    """Refuse a model whose sampler always injects noise.

    Raises:
        ValueError: it has no eta.
    """
    if not hasattr(model, "eta"):
        raise ValueError("the model's sampler has no eta that could be 0")


@dataclass(frozen=True)
class NoiseAscent:
    """Hyperparameters of the family.

    Raises:
        ValueError: one of them makes no sense; says which and what is allowed.
    """

    learning_rate: float = option(0.01, source="official code, commit d67386f: --lr")
    optimizer: Literal["adamw", "adam", "sgd"] = option("adamw", source="official code")
    weight_decay: float = option(
        0.01, source="official code: AdamW's default, left as it is; the other optimisers have none"
    )
    max_grad_norm: float | None = option(
        1.0, source="official code: clip_grad_norm_ over the whole noise tensor; null: no clip"
    )
    optimize: Literal["all", "initial"] = option(
        "all", source="official code at eta 1: every noise; at eta 0, and on a single step: the initial latent"
    )
    last_steps: int | None = option(None, source="official code: --opt_time, by default all steps")
    batch_size: int = option(1, source="official code: one image; samples of one batch share objective and clip")
    restarts: int = option(1, source="ours: batches that climb side by side, each as if it were alone; the best counts")

    def __post_init__(self) -> None:
        require_positive(self, "learning_rate", "max_grad_norm")
        require_at_least(self, 0, "weight_decay")
        require_at_least(self, 1, "batch_size", "restarts")
        if self.last_steps is not None and self.optimize == "initial":
            raise ValueError("last_steps goes with optimize: all; the initial latent is not one of the last noises")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse `last_steps` that the model does not have, or whose noise it does not inject.

        Raises:
            ValueError: says which.
        """
        if self.last_steps is None:
            return
        if not 1 <= self.last_steps <= model.steps:
            raise ValueError(f"last_steps must be in 1..{model.steps}, the model's steps, got {self.last_steps}")
        if self.last_steps < model.steps:
            require_noise(model, "last_steps moves the noise that steps inject, and here they inject none")

    def rows(self, sampler: Sampler) -> slice:
        """The rows of the noise that move: all, the initial latent, or what the last steps inject.

        Where `last_steps` is all steps the initial latent moves too, as in the official code. Where no step injects
        noise it alone moves: a sample depends on no other, and decay or a regulariser would only stir the rest.
        """
        if self.optimize == "initial" or searched_rows(sampler) == [0]:
            return slice(0, 1)
        if self.last_steps in {None, sampler.steps}:
            return slice(None)
        return slice(sampler.steps + 1 - (self.last_steps or 0), None)

    def begin(self, problem: Problem) -> FreeNoise:
        """Fresh noise of all samples, `restarts * batch_size`, ready to move."""
        decay = {"weight_decay": self.weight_decay} if self.optimizer == "adamw" else {}

        def make(parameters: list[Tensor]) -> Optimizer:
            return _OPTIMIZERS[self.optimizer](parameters, lr=self.learning_rate, **decay)

        drawn = problem.draw_noise(self.restarts * self.batch_size)
        rows = self.rows(problem.sampler)
        return FreeNoise(problem, drawn, rows, make, self.max_grad_norm, self.batch_size)
