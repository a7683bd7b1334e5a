"""Peak memory of work, from which parts can be left out."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from bench.models.replay import Replay

_MB = 1_000_000
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class PeakMemory:
    """The peak over a stretch of work, without what is left out of it.

    On a GPU it is the memory of the tensors that the work made: what lay there before (weights of the model, of rewards
    and metrics of any cell, also those loaded in a part that is left out) is not in it. What the largest replayed graph
    computes in is added, since no counter of tensors shows it: nobody knows whether a graph ran at the moment of the
    peak, so that the sum is an upper bound. On a CPU it is the memory of the whole process, because nobody knows which
    part of it is whose.

    Args:
        device: whose memory.
        replay: replays graphs for the work.

    Attributes:
        mb: megabytes so far; NaN where nobody knows.
    """

    def __init__(self, device: torch.device, replay: Replay | None = None) -> None:
        self.mb = 0.0
        self._device, self._replay = device, replay
        self._before = self._after = self._allocated()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch a stretch of work."""
        self._begin()
        try:
            yield
        finally:
            self._end()

    @contextmanager
    def leave_out(self) -> Iterator[None]:
        """A part of a watched stretch that is not the work's."""
        self._end()
        try:
            yield
        finally:
            self._begin()

    def _begin(self) -> None:
        # What came to lie there since the work was left, such as the weights of a metric, is not the work's.
        self._before += max(0.0, self._allocated() - self._after)
        self._reset()

    def _end(self) -> None:
        peak = self._peak() - self._before
        self.mb = self.mb if self.mb >= peak else peak  # in this order NaN is kept
        self._after = self._allocated()

    def _allocated(self) -> float:
        return torch.cuda.memory_allocated(self._device) / _MB if self._device.type == "cuda" else 0.0

    def _reset(self) -> None:
        if self._replay is not None:
            self._replay.reset_peak()
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)
        elif _CLEAR.exists():
            _CLEAR.write_text("5")  # resets VmHWM, see proc_pid_clear_refs(5)

    def _peak(self) -> float:
        if self._device.type == "cuda":
            tensors, replay = torch.cuda.max_memory_allocated(self._device), self._replay
            if replay is not None:  # whose recordings reset the counter
                tensors = max(tensors, replay.peak_bytes) + replay.working_bytes
            return tensors / _MB
        if not _STATUS.exists():
            return math.nan
        peak = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024 / _MB
