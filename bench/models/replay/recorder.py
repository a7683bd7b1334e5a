"""What records a function of tensors once and runs it again without Python: CUDA graphs."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

import torch
from torch import Tensor

WARM_UPS = 3
"""Runs before a capture, as torch's own `make_graphed_callables` makes them: lazy set-up must not be captured."""

Function = Callable[..., Tensor]
"""From tensors to one tensor."""


class Recording(Protocol):
    """A recorded function, bound to the memory of the inputs that it was recorded with.

    Attributes:
        working_bytes: what it computes in, which no counter of tensors shows while it is replayed.
    """

    working_bytes: int

    def replay(self) -> Tensor:
        """The result for what lies in the inputs now.

        Its memory is overwritten by the next replay of any recording of the same recorder: who wants to keep it
        copies it first.
        """
        ...


class Recorder(Protocol):
    """Makes recordings.

    Attributes:
        peak_bytes: memory of tensors at most before its last recording, since somebody set this to 0; measuring a
            recording resets the device's own counter. 0 where there was none.
    """

    peak_bytes: int

    def record(self, function: Function, inputs: Sequence[Tensor]) -> Recording:
        """Record `function(*inputs)`, without gradient.

        What it reads beside the inputs, such as weights, is read where it lies now; Python does not run again.

        Args:
            function: must not wait for the device, draw random numbers or decide by values.
            inputs: memory that the recording reads at each replay.

        Raises:
            Exception: it cannot be recorded.
        """
        ...


class CudaGraphs:
    """Records CUDA graphs, all in one pool of memory.

    What one graph computes in is free for the next: there is as much of it as the largest needs. So results are not
    safe from a replay of another graph, as results of graphs in one pool may lie where another one computes.

    Args:
        device: a CUDA device.
    """

    def __init__(self, device: torch.device) -> None:
        self.peak_bytes = 0
        self._pool = torch.cuda.graph_pool_handle()
        self._stream = torch.cuda.Stream(device)  # one: graphs share memory only where they were captured on one
        self._failed: list[torch.cuda.CUDAGraph] = []  # kept: torch's allocators go on asking them what is captured

    def record(self, function: Function, inputs: Sequence[Tensor]) -> Recording:
        """Capture `function(*inputs)` after a few runs of it; see `Recorder.record`."""
        caller = torch.cuda.current_stream(self._stream.device)
        self.peak_bytes = max(self.peak_bytes, torch.cuda.max_memory_allocated(self._stream.device))
        self._stream.wait_stream(caller)
        # The outer context also brings the caller's stream back where a capture fails: torch's own then does not.
        with torch.no_grad(), torch.cuda.stream(self._stream):
            try:
                working = _warm_up(function, inputs)
                graph, result = self._capture(function, inputs)
            finally:
                _forget_workspaces()
                torch.cuda.reset_peak_memory_stats()  # what making a recording took beside is not the caller's
                caller.wait_stream(self._stream)
        return _CudaGraph(graph, result, working)

    def _capture(self, function: Function, inputs: Sequence[Tensor]) -> tuple[torch.cuda.CUDAGraph, Tensor]:
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
                return graph, function(*inputs)
        except Exception:
            self._failed.append(graph)
            self._leave_pool()
            raise

    def _leave_pool(self) -> None:
        """Use another pool from now on: after a capture that failed torch takes this one to be captured into still."""
        index = self._stream.device.index
        with suppress(RuntimeError):  # which it says where the capture had ended, and only what follows it failed
            torch._C._cuda_endAllocateToPool(index, self._pool)
            torch._C._cuda_releasePool(index, self._pool)
        self._pool = torch.cuda.graph_pool_handle()


class _CudaGraph:
    """A captured graph and where it leaves its result."""

    def __init__(self, graph: torch.cuda.CUDAGraph, result: Tensor, working_bytes: int) -> None:
        self._graph, self._result, self.working_bytes = graph, result, working_bytes

    def replay(self) -> Tensor:
        self._graph.replay()
        return self._result


def _warm_up(function: Function, inputs: Sequence[Tensor]) -> int:
    """Run the function a few times; bytes that it computes in."""
    for _ in range(WARM_UPS - 1):
        function(*inputs)
    _forget_workspaces()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    with _waiting_is_an_error():  # found here it leaves no capture half done
        function(*inputs)
    working = int(torch.cuda.max_memory_allocated() - before)
    _forget_workspaces()
    return working


def _forget_workspaces() -> None:
    """Let matrix products take workspaces anew: what is captured then takes its own, in the pool.

    Torch keeps one a stream, and frees that of a capture's stream when any graph captured there is deleted; graphs
    that had found one there would go on computing in memory that is no longer theirs. In the pool it is scratch.
    """
    torch._C._cuda_clearCublasWorkspaces()


@contextmanager
def _waiting_is_an_error() -> Iterator[None]:
    """Whatever makes the host wait for the device raises, as it would in a capture."""
    before = torch.cuda.get_sync_debug_mode()
    _set_sync_debug_mode("error")
    try:
        yield
    finally:
        _set_sync_debug_mode(before)


def _set_sync_debug_mode(mode: int | str) -> None:
    """As torch's, which warns that it does not find everything that waits: a capture finds the rest."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Synchronization debug mode is a prototype feature")
        torch.cuda.set_sync_debug_mode(mode)
