"""One thread: results differ by 1e-6 between thread counts, and parallel test processes share two cores."""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("WANDB_MODE", "offline")

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture
def few_plots(monkeypatch):
    """Commands draw the curves alone: all plots of a run take many seconds, and tests of their own draw them."""
    from bench.output.plots import draw

    curves = {"curves": draw.kinds()["curves"]}
    monkeypatch.setattr(draw, "kinds", lambda: curves)


@pytest.fixture
def files_forgotten():
    """What files register during a test is forgotten after it, so that another test may use the names again."""
    from bench.registry import Registry

    before = set(sys.modules)
    yield
    for module in [name for name in sys.modules if name.startswith("dno_bench_file_") and name not in before]:
        del sys.modules[module]
        for registry in Registry.all:
            registry.forget(module)
