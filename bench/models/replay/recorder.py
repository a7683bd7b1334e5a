"""What records a function of tensors once and runs it again without Python: CUDA graphs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    """Makes recordings."""

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
        self._pool = torch.cuda.graph_pool_handle()
        self._stream = torch.cuda.Stream(device)  # one: graphs share memory only where they were captured on one

    def record(self, function: Function, inputs: Sequence[Tensor]) -> Recording:
        """Capture `function(*inputs)` after a few runs of it; see `Recorder.record`."""
        caller = torch.cuda.current_stream(self._stream.device)
        graph = torch.cuda.CUDAGraph()
        self._stream.wait_stream(caller)
        # The outer context also brings the caller's stream back where a capture fails: torch's own then does not.
        with torch.no_grad(), torch.cuda.stream(self._stream):
            working = _warm_up(function, inputs)
            with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
                result = function(*inputs)
        caller.wait_stream(self._stream)
        return _CudaGraph(graph, result, working)


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
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    with _waiting_is_an_error():  # found here it leaves no capture half done
        function(*inputs)
    return int(torch.cuda.max_memory_allocated() - before)


@contextmanager
def _waiting_is_an_error() -> Iterator[None]:
    """Whatever makes the host wait for the device raises, as it would in a capture."""
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode(before)
