"""The peak of the work that is watched, not of what is done in between."""

from pathlib import Path

import pytest
import torch

from bench.run.memory import PeakMemory

MB = 1_000_000


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are reset on Linux only")
def test_only_what_is_watched_counts():
    memory = PeakMemory(torch.device("cpu"))
    with memory.watch():
        pass
    quiet = memory.mb
    assert quiet > 0
    torch.ones(100 * MB)
    with memory.watch():
        pass
    assert memory.mb < quiet + 200
    with memory.watch():
        torch.ones(100 * MB)
    assert memory.mb > quiet + 300
    peak = memory.mb
    with memory.watch():
        pass
    assert memory.mb == peak
