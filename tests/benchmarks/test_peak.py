"""Peaks of memory of the benchmarks, with the counters of a GPU standing in for one."""

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import Replay
from benchmarks.memory import measure
from benchmarks.peak import GIB, Peak
from tests.support.tape import Tapes

MB = 1_000_000
CUDA = torch.device("cuda")


@pytest.fixture(autouse=True)
def gpu(monkeypatch):
    """100 MB of weights, and tensors of 30 MB beside."""
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 100 * MB)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: 130 * MB)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda device: None)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: None)


def test_weights_and_what_graphs_compute_in_are_counted():
    replay = Replay(Tapes())
    peak = Peak(CUDA, replay)
    with peak.watch():
        replay.working_bytes = 70 * MB
    assert peak.gib == pytest.approx(200 * MB / GIB)


def test_on_a_cpu_there_is_none():
    peak = Peak(torch.device("cpu"), None)
    with peak.watch():
        pass
    assert peak.gib is None


def test_the_benchmark_of_memory_counts_what_graphs_compute_in():
    model = Emoji(steps=2).load(torch.device("cpu"))
    eager = measure(model, "base", CUDA)["peak_gib"]
    model.replay = Replay(Tapes())
    replayed = measure(model, "base", CUDA)["peak_gib"]
    assert replayed - eager == pytest.approx(model.replay.working_bytes / GIB)
    assert replayed > eager
