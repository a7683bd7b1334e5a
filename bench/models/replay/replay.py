"""Functions of tensors, differentiable in the first one, replayed where they can be."""

import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from bench.models.replay.pair import Pair
from bench.models.replay.recorder import CudaGraphs, Function, Recorder

MOST_SHAPES = 64
"""A batch size has up to four: prediction, decode, scores, and scores with their gradient. `batch_size: auto` tries
nine sizes, 36 shapes, and a second reward adds 9 or 18. What a shape holds is small beside a network."""

MOST_COMPILATIONS = 64
"""Of one function, for shapes with and without gradient; torch gives up silently after 8."""

Key = tuple[Hashable, ...]
Part = tuple[Key, bool]
"""What is compiled by itself: a function at a shape, or its gradient."""

Wanted = Literal["auto", "off", "graphs", "compiled"]
"""Graphs of kernels as they are, or, of what is compilable, as `torch.compile` makes them; `auto`: graphs on CUDA, else
off."""

REPLAY_SOURCE = "ours: graphs on CUDA, where launching kernels one by one takes longer than running them; else off"


def make_replay(wanted: Wanted, device: torch.device) -> "Replay | None":
    """What replays on `device`; None where nothing does, with a warning if that was asked for."""
    if wanted == "off" or (wanted == "auto" and device.type != "cuda"):
        return None
    if device.type != "cuda":
        warnings.warn(f"replay: {wanted} is for CUDA devices; on {device} everything runs eagerly", stacklevel=2)
        return None
    return Replay(CudaGraphs(device), compiled=wanted == "compiled")


class Replay:
    """Records functions once a shape, and replays them.

    A gradient runs the function again, so that the backward pass keeps its inputs alone. What cannot be compiled is
    recorded as it is; what cannot be recorded runs eagerly, recomputed in the backward pass likewise. The first such
    case is told by a warning.

    Args:
        recorder: makes the recordings.
        compiled: whether functions that can be compiled go through `torch.compile` first.

    Attributes:
        aside: entered around each recording, for whom its time is not to count as the caller's.
        working_bytes: what the largest replay computed in since `reset_peak`.
    """

    def __init__(self, recorder: Recorder, compiled: bool = False) -> None:
        self.aside: Callable[[], AbstractContextManager[object]] = nullcontext
        self.working_bytes = 0
        self._recorder, self._compiled = recorder, compiled
        self._pairs: OrderedDict[Key, Pair | None] = OrderedDict()  # the one used last is last; None runs eagerly
        self._refused = False
        self._compiling: dict[Part, float] = {}  # seconds; kept when a pair goes, as torch keeps what it compiled
        self._used: set[Part] = set()

    @property
    def compile_seconds(self) -> float | None:
        """What compiling took of all that ran since `forget_use`, whenever that was; None where nothing is compiled.

        It does not depend on who ran a function first, but for what torch sets up with the first one of a process.
        """
        return sum(self._compiling.get(part, 0.0) for part in self._used) if self._compiled else None

    def forget_use(self) -> None:
        """Begin anew with what `compile_seconds` counts."""
        self._used.clear()

    @property
    def peak_bytes(self) -> int:
        """Memory of tensors at most since `reset_peak`, as far as recordings have reset the device's own counter."""
        return self._recorder.peak_bytes

    def reset_peak(self) -> None:
        """Begin anew with `working_bytes` and `peak_bytes`."""
        self.working_bytes = self._recorder.peak_bytes = 0

    @property
    def kind(self) -> str:
        """What is replayed: "graphs" or "compiled", "... in part" if something could not be."""
        return ("compiled" if self._compiled else "graphs") + (" in part" if self._refused else "")

    def __call__(
        self, name: str, function: Function, variable: Tensor, *constants: Tensor, compilable: bool = False
    ) -> Tensor:
        """`function(variable, *constants)`, differentiable in `variable`, once.

        Args:
            name: of the function; with the tensors' shapes and types it must decide what the function does.
            function: see `Recorder.record`; called when it is recorded, or runs eagerly.
            variable: may change from call to call.
            constants: no gradient goes to them, and they are not written to: the same object is copied in only once.
            compilable: whether `torch.compile` can make something of it: tensors and networks, and nothing else.
        """
        gradient, tensors = differentiated(variable), (variable, *constants)
        key = (name, *((one.shape, one.dtype) for one in tensors))
        if key not in self._pairs:
            self._pairs[key] = Pair(function, tensors, self._compiled and compilable)
        pair = self._ready(key, tensors, gradient)
        if pair is None:
            return recomputed(function, variable, *constants)
        self._used |= {(key, False), (key, gradient)}
        self.working_bytes = max(self.working_bytes, pair.working_bytes(gradient))
        if not gradient:
            return pair.result(variable, constants)
        result: Tensor = _Replayed.apply(pair, variable, *constants)  # type: ignore[no-untyped-call]
        return result

    def _ready(self, key: Key, tensors: Sequence[Tensor], gradient: bool) -> Pair | None:
        """The recordings under a key, made where they are missing; None where they cannot be."""
        pair = self._pairs[key]
        if pair is not None and not pair.ready(gradient):
            with self.aside(), torch.no_grad():
                self._pairs[key] = pair = self._recorded(key, pair, tensors, gradient)
        self._pairs.move_to_end(key)
        if len(self._pairs) > MOST_SHAPES:
            self._pairs.popitem(last=False)
        return pair

    def _recorded(self, key: Key, pair: Pair, tensors: Sequence[Tensor], gradient: bool) -> Pair | None:
        """The pair, recorded; uncompiled where compilation fails; None where nothing can be recorded."""
        try:
            if pair.compiled:
                self._compile(key, pair, gradient)
            pair.record(self._recorder, gradient)
        except torch.OutOfMemoryError:
            raise  # eager would need as much
        except Exception as error:  # if the function itself is wrong, it raises the same where it runs eagerly
            self._refuse(str(key[0]), "compiled" if pair.compiled else "as a graph", error)
            return self._recorded(key, Pair(pair.plain, tensors), tensors, gradient) if pair.compiled else None
        return pair

    def _compile(self, key: Key, pair: Pair, gradient: bool) -> None:
        """Run what will be recorded, so that it is compiled before a capture begins; keep the seconds of each part."""
        for part in [False, True] if gradient else [False]:
            if not pair.ready(part):
                start = time.perf_counter()
                with torch._dynamo.config.patch(cache_size_limit=MOST_COMPILATIONS):
                    pair.run(part)
                taken = time.perf_counter() - start
                self._compiling[key, part] = self._compiling.get((key, part), 0.0) + taken

    def _refuse(self, name: str, how: str, error: Exception) -> None:
        """Warn, unless something else was refused before."""
        if not self._refused:
            why = str(error).strip().partition("\n")[0] or type(error).__name__
            warnings.warn(f"{name} cannot be replayed {how}: {why}", stacklevel=2)
        self._refused = True


def differentiated(variable: Tensor) -> bool:
    """Whether what is computed of it now has a gradient."""
    return torch.is_grad_enabled() and variable.requires_grad


def recomputed(function: Function, variable: Tensor, *constants: Tensor) -> Tensor:
    """`function(variable, *constants)`, whose backward pass keeps the tensors alone and runs it again.

    Frozen networks draw no random numbers, whose state need not be kept.
    """
    if not differentiated(variable):
        return function(variable, *constants)
    result: Tensor = checkpoint(function, variable, *constants, use_reentrant=False, preserve_rng_state=False)
    return result


class _Replayed(torch.autograd.Function):
    """Replays a function forward, and its vector-Jacobian product backward; keeps the variable alone."""

    @staticmethod
    def forward(ctx: Any, pair: Pair, variable: Tensor, *constants: Tensor) -> Tensor:  # noqa: ANN401
        ctx.pair, ctx.constants = pair, constants
        ctx.save_for_backward(variable)
        return pair.result(variable, constants)

    @staticmethod
    def backward(ctx: Any, cotangent: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        if torch.is_grad_enabled():
            raise RuntimeError("a replayed gradient cannot be differentiated again; give the model `replay: off`")
        (variable,) = ctx.saved_tensors
        return None, ctx.pair.gradient(variable, ctx.constants, cotangent), *(None for _ in ctx.constants)
