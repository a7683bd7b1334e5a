"""EDICT: exactly invertible sampling with two coupled latents (Wallace et al. 2023, arXiv 2211.12446, eqs. 14, 15).

Each latent takes its deterministic DDIM step with the noise predicted at the other, so that every step can be undone
exactly; mixing the two keeps them together. Inversion makes back-propagation possible at constant memory: the
trajectory is walked back rather than stored (DOODL, Wallace et al., ICCV 2023, arXiv 2303.13703).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.errors import InputError


@dataclass(frozen=True)
class EDICT:
    """The coupled sampler over a noise prediction.

    Attributes:
        predict: `(latent (n, ...), step)` to the predicted noise `(n, ...)`.
        alphas: scale of the signal before each step and after the last, `steps + 1` values in (0, 1].
        sigmas: scale of the noise likewise.
        mixing: weight p of a latent's own value, in (0.5, 1]; 1 leaves the two unmixed.

    Raises:
        InputError: a step begins without any signal, so that it cannot be undone.
    """

    predict: Callable[[Tensor, int], Tensor]
    alphas: Sequence[float]
    sigmas: Sequence[float]
    mixing: float = 0.93

    def __post_init__(self) -> None:
        if not all(self.alphas[:-1]):
            raise InputError(
                "EDICT cannot undo a step that begins without any signal, as the first one of a flow or of a schedule "
                "with zero terminal SNR; another model, or a scheduler with another timestep_spacing, would do"
            )

    @property
    def steps(self) -> int:
        """Number of sampling steps."""
        return len(self.alphas) - 1

    def step(self, x: Tensor, y: Tensor, i: int) -> tuple[Tensor, Tensor]:
        """Step `i` of the pair, towards the image (eq. 14)."""
        a, b = self._coefficients(i)
        p = self.mixing
        x = a * x + b * self.predict(y, i)
        y = a * y + b * self.predict(x, i)
        x = p * x + (1 - p) * y
        y = p * y + (1 - p) * x
        return x, y

    def undo(self, x: Tensor, y: Tensor, i: int) -> tuple[Tensor, Tensor]:
        """The pair before step `i`, from the pair after it (eq. 15)."""
        a, b = self._coefficients(i)
        p = self.mixing
        y = (y - (1 - p) * x) / p
        x = (x - (1 - p) * y) / p
        y = (y - b * self.predict(x, i)) / a
        x = (x - b * self.predict(y, i)) / a
        return x, y

    def sample(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The final pair of latents from the initial one; differentiable, at memory constant in the steps."""
        final: tuple[Tensor, Tensor] = _Sample.apply(self, x, y)  # type: ignore[no-untyped-call]
        return final

    @torch.no_grad()
    def invert(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The initial pair that `sample` turns into the final pair `x`, `y`."""
        for i in reversed(range(self.steps)):
            x, y = self.undo(x, y, i)
        return x, y

    def _coefficients(self, i: int) -> tuple[float, float]:
        """DDIM at eta 0 as an affine map, latent -> a latent + b eps."""
        a = self.alphas[i + 1] / self.alphas[i]
        return a, self.sigmas[i + 1] - a * self.sigmas[i]


class _Sample(torch.autograd.Function):
    """Keeps the final pair only; its backward pass walks the trajectory back, a step at a time."""

    @staticmethod
    def forward(ctx: Any, edict: EDICT, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        for i in range(edict.steps):
            x, y = edict.step(x, y, i)
        ctx.edict = edict
        ctx.save_for_backward(x, y)
        return x, y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        edict: EDICT = ctx.edict
        x, y = ctx.saved_tensors
        for i in reversed(range(edict.steps)):
            x, y = edict.undo(x, y, i)
            with torch.enable_grad():
                before = x.detach().requires_grad_(), y.detach().requires_grad_()
                after = edict.step(*before, i)
            gradients = torch.autograd.grad(after, before, gradients)
        return None, *gradients
