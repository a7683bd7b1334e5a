"""Peak memory of work on a GPU with what lay there before, as the tables of these benchmarks have it."""

from contextlib import AbstractContextManager, nullcontext

import torch

from bench.models.replay import Replay
from bench.run.memory import PeakMemory

GIB = 2**30
_MB = 1_000_000


class Peak:
    """The peak of the work that is watched, weights and what graphs compute in included.

    Args:
        device: whose memory.
        replay: replays graphs for the work.
    """

    def __init__(self, device: torch.device, replay: Replay | None) -> None:
        self._on_gpu = device.type == "cuda"
        self._held = torch.cuda.memory_allocated(device) if self._on_gpu else 0
        self._memory = PeakMemory(device, replay)

    def watch(self) -> AbstractContextManager[None]:
        """Watch a stretch of work."""
        return self._memory.watch() if self._on_gpu else nullcontext()

    @property
    def gib(self) -> float | None:
        """At most, at any moment of the work; None on a CPU, where ways that take turns share one process."""
        return (self._held + self._memory.mb * _MB) / GIB if self._on_gpu else None
