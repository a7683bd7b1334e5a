"""Signs of life, and how long a silence is."""

from types import SimpleNamespace

import pytest
import torch

from bench.run import pulse
from bench.run.loaded import Loaded
from bench.run.pulse import SIGNS, Listener, Pulse, Silence
from bench.run.runner import run_cell
from bench.store.folder import CellStore
from bench.suite.budget import Budget
from tests.support.cells import make_cell

CPU = torch.device("cpu")


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(pulse, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def heard(clock):
    """A pulse and who listens to it."""
    signs = [0.0] * SIGNS
    one = Pulse(signs)
    one.begin(Budget.parse("9s"), CPU)
    one.beat("method")
    return one, Listener(signs)


@pytest.mark.parametrize(
    ("budget", "device", "phase", "pace", "seconds"),
    [
        ("9s", "cpu", "method", 9, 9),
        ("0.2s", "cpu", "method", 0.2, 1),
        ("9s", "cpu", "warm_up", 0, 9),
        ("9s", "cuda", "warm_up", 0, 60),  # where kernels are compiled
        ("9s", "cuda", "method", 9, 9),
        ("9s", "cpu", "setup", 0, 60),
        ("9s", "cpu", "evaluation", 9, 60),
        ("300s", "cpu", "evaluation", 300, 300),
        ("500nfe", "cpu", "warm_up", 0, 60),
        ("500nfe", "cpu", "method", 12, 60),
        ("500nfe", "cpu", "method", 7200, 7200),
        ("500rewards", "cpu", "evaluation", 7200, 7200),
    ],
)
def test_what_a_budget_counts_for(clock, budget, device, phase, pace, seconds):
    signs = [0.0] * SIGNS
    one = Pulse(signs)
    one.begin(Budget.parse(budget), torch.device(device))
    one.expect(pace)
    one.beat(phase)
    listener = Listener(signs)
    clock.seconds += 1
    silence = listener.listen()
    assert (silence.seconds, silence.phase) == (1, phase)
    assert silence.budgets == pytest.approx(1 / seconds)


def test_a_silence_grows_until_the_next_sign(heard, clock):
    one, listener = heard
    for _ in range(18):
        clock.seconds += 1
        silence = listener.listen()
    assert (silence.seconds, silence.budgets) == (18, 2)
    assert str(silence) == "18 s (method), 2 budgets"
    one.beat("warm_up")
    assert listener.listen().seconds == 0
    clock.seconds += 1
    assert str(listener.listen()) == "1 s (warm-up), 0.111 budgets"
    assert str(Silence(1234.5, 20.1234, "setup")) == "1,230 s (setup), 20.1 budgets"


def test_while_the_listener_is_stopped_nobody_is_silent(heard, clock):
    """Ctrl-Z, or a machine that sleeps: an hour later both go on."""
    _, listener = heard
    clock.seconds += 3600
    assert listener.listen().seconds <= 2 * pulse.POLL


class Recorded(Pulse):
    """Keeps its signs."""

    def __init__(self):
        super().__init__()
        self.phases = []

    def beat(self, phase):
        super().beat(phase)
        self.phases.append(phase)


def test_a_cell_gives_a_sign_at_each_yield_and_each_change_of_phase(tmp_path):
    """Three offers and an end on the clock; in the warm-up its begin, two offers, and a look at the machine."""
    loaded = Loaded(CPU, Recorded())
    (tmp_path / "cells").mkdir()
    run_cell(make_cell("three"), loaded, CellStore(tmp_path / "cells" / "one"), lambda event: None)
    phases = loaded.pulse.phases
    assert phases[:4] == ["setup", "warm_up", "warm_up", "warm_up"]
    assert phases.count("warm_up") == 4
    assert phases.count("method") == 4
    assert phases.count("evaluation") == 1
