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
    and metrics of any cell, also those loaded in a part that is left out) is not in it. What replayed graphs compute in
    is in it: it is set aside for them at all times, so that no counter of tensors shows it. On a CPU it is the memory
    of the whole process, because nobody knows which part of it is whose.

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
            self._replay.working_bytes = 0
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)
        elif _CLEAR.exists():
            _CLEAR.write_text("5")  # resets VmHWM, see proc_pid_clear_refs(5)

    def _peak(self) -> float:
        if self._device.type == "cuda":
            graphs = self._replay.working_bytes / _MB if self._replay is not None else 0.0
            return max(torch.cuda.max_memory_allocated(self._device) / _MB, self._allocated() + graphs)
        if not _STATUS.exists():
            return math.nan
        peak = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024 / _MB
