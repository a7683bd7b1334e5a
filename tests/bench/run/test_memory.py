"""The peak of the work that is watched, not of what is done in between."""

from pathlib import Path

import pytest
import torch

from bench.models.replay import Replay
from bench.run.memory import PeakMemory
from tests.support.tape import Tapes

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
    with memory.watch(), memory.leave_out():
        torch.ones(200 * MB)
    assert memory.mb == peak


def test_what_comes_to_lie_on_a_gpu_where_work_is_left_out_is_not_the_works(monkeypatch):
    """The GPU's counters stand in for a GPU: 100 MB of weights, work that makes 30 MB, 400 MB loaded in between."""
    allocated, peak = {"now": 100 * MB}, {"now": 100 * MB}
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: allocated["now"])
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: peak["now"])
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    memory = PeakMemory(torch.device("cuda"))
    with memory.watch():
        peak["now"] = allocated["now"] + 30 * MB
        with memory.leave_out():
            allocated["now"] += 400 * MB
            peak["now"] = allocated["now"] + 90 * MB
        peak["now"] = allocated["now"] + 20 * MB
    assert memory.mb == 30


@pytest.fixture
def gpu(monkeypatch):
    """As above: 100 MB of weights, and a peak of tensors that a test may set."""
    peak = {"now": 130 * MB}
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 100 * MB)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: peak["now"])
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    return peak


def test_what_graphs_compute_in_is_added_where_they_are_replayed(gpu):
    """Tensors of 30 MB, and graphs that compute in 70 MB no tensor of which is counted."""
    replay = Replay(Tapes())
    memory = PeakMemory(torch.device("cuda"), replay)
    replay.working_bytes = 500 * MB  # of another's work
    with memory.watch():
        pass
    assert memory.mb == 30
    with memory.watch():
        replay.working_bytes = 70 * MB
    assert memory.mb == 100


def test_a_peak_before_a_recording_that_resets_the_counter_counts(gpu):
    recorder = Tapes()
    memory = PeakMemory(torch.device("cuda"), Replay(recorder))
    recorder.peak_bytes = 900 * MB  # of another's work
    with memory.watch():
        recorder.peak_bytes, gpu["now"] = max(recorder.peak_bytes, 160 * MB), 110 * MB
    assert memory.mb == 60
