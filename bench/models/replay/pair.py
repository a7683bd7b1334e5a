"""One function at one shape: recorded as it is, and with its gradient."""

from collections.abc import Sequence

import torch
from torch import Tensor

from bench.models.replay.recorder import Function, Recorder, Recording


class Pair:
    """A function and its vector-Jacobian product, recorded on the same inputs.

    Args:
        function: differentiable in its first tensor.
        tensors: examples of what it takes.
        compiled: whether `torch.compile` makes its kernels.

    Attributes:
        plain, compiled: function and choice, as above.
    """

    def __init__(self, function: Function, tensors: Sequence[Tensor], compiled: bool = False) -> None:
        self.plain, self.compiled = function, compiled
        self._function: Function = torch.compile(function, dynamic=False) if compiled else function
        self._inputs = [torch.empty_like(one, requires_grad=False) for one in tensors]
        self._held: list[Tensor | None] = [None] * (len(tensors) - 1)  # the constants that lie in the inputs
        self._fill(tensors[0], tensors[1:])
        self._forward: Recording | None = None
        self._vjp: tuple[Recording, Tensor] | None = None

    def working_bytes(self, gradient: bool) -> int:
        """What the replays compute in; the recordings share it."""
        assert self._forward is not None
        vjp = self._vjp[0].working_bytes if self._vjp is not None and gradient else 0
        return max(self._forward.working_bytes, vjp)

    def ready(self, gradient: bool) -> bool:
        """Whether all is recorded that it takes."""
        return self._forward is not None and (self._vjp is not None or not gradient)

    def record(self, recorder: Recorder, gradient: bool) -> None:
        """Record what is missing.

        Raises:
            Exception: it cannot be recorded.
        """
        if self._forward is None:
            self._forward = recorder.record(self._function, self._inputs)
        if gradient and self._vjp is None:
            cotangent = torch.zeros_like(self._forward.replay())
            self._vjp = recorder.record(self.vjp, [cotangent, *self._inputs]), cotangent

    def vjp(self, cotangent: Tensor, variable: Tensor, *constants: Tensor) -> Tensor:
        """The gradient of `cotangent . function(variable, *constants)`, of the variable's shape."""
        with torch.enable_grad():
            leaf = variable.detach().requires_grad_()
            result = self._function(leaf, *constants)
        (gradient,) = torch.autograd.grad(result, leaf, cotangent)
        return gradient

    def run(self, gradient: bool) -> None:
        """Run the function once, or its vector-Jacobian product, as it would be recorded."""
        result = self._function(*self._inputs)
        if gradient:
            self.vjp(torch.zeros_like(result), *self._inputs)

    @torch.no_grad()
    def result(self, variable: Tensor, constants: Sequence[Tensor]) -> Tensor:
        """What the function gives, in memory of its own."""
        assert self._forward is not None
        self._fill(variable, constants)
        return self._forward.replay().clone()

    @torch.no_grad()
    def gradient(self, variable: Tensor, constants: Sequence[Tensor], cotangent: Tensor) -> Tensor:
        """What `vjp` gives, in memory of its own."""
        assert self._vjp is not None
        recording, place = self._vjp
        self._fill(variable, constants)
        place.copy_(cotangent)
        return recording.replay().clone()

    def _fill(self, variable: Tensor, constants: Sequence[Tensor]) -> None:
        """Put the values where the recordings read them; of constants only those that do not lie there."""
        self._inputs[0].copy_(variable)
        for index, constant in enumerate(constants):
            if self._held[index] is not constant:  # held, so that no other tensor can come to have its identity
                self._inputs[index + 1].copy_(constant)
                self._held[index] = constant
