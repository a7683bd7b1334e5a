"""Graphs met inside the clock: booked apart, told once, and no seconds of the method; from the cell to its record."""

import time
from dataclasses import dataclass

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import Replay
from bench.problem import Candidates
from bench.registry import register_method, register_model
from bench.run.loaded import Loaded
from bench.run.runner import run_cell
from bench.store.folder import CellStore
from tests.support.cells import make_cell
from tests.support.tape import Tapes

SLOW = 0.2
"""Seconds a recording."""


class Slowly(Tapes):
    def record(self, function, inputs):
        time.sleep(SLOW)
        return super().record(function, inputs)


@register_model("replayed", licence="Apache-2.0", weights="in the package", paper="none", medium="emoji")
@dataclass(frozen=True)
class Replayed(Emoji):
    """`emoji`, replayed on the double of CUDA graphs."""

    def load(self, device):
        model = super().load(device)
        model.replay, model.recompute = Replay(Slowly(), compiled=self.replay == "compiled"), "steps"
        return model


@register_method("grows", family="test", paper="none")
@dataclass(frozen=True)
class Grows:
    """A sample at a time, and from the third offer on, which no warm-up sees, two."""

    def run(self, problem):
        for n in (1, 1, 2, 2):
            noise = problem.draw_noise(n)
            with torch.no_grad():
                samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)


def cell_of(method, seed=0, budget="1000rewards", replay="auto"):
    options = {"use": f"{__file__}@replayed", "steps": 2, "replay": replay}
    model = {"model": "replayed", "model_options": options, "prompt": "a white duck"}
    own = {"method_options": {"use": f"{__file__}@grows"} if method == "grows" else {}}
    return make_cell(method, reward="brightness", reward_options={}, metrics={}, held_out={}, budget=budget, seed=seed,
                     **model, **own)  # fmt: skip


@pytest.fixture
def done(tmp_path):
    loaded = Loaded(torch.device("cpu"))

    def run(cell):
        store = CellStore(tmp_path / cell.id)
        run_cell(cell, loaded, store, lambda event: None)
        return store.read("done")

    return run


def test_what_the_warm_up_met_is_in_the_warm_up(done, capsys):
    spent = done(cell_of("base", budget="3rewards"))
    assert spent["ledger"]["capture"] == 0
    assert spent["ledger"]["setup"] + spent["ledger"]["warm_up"] >= 2 * SLOW
    assert (spent["chosen"]["replay"], spent["compile_seconds"]) == ("graphs", None)
    assert "capture" not in capsys.readouterr().err


def test_a_shape_met_inside_the_clock_is_booked_as_capture_and_told_once(done, capsys):
    first, second = done(cell_of("grows")), done(cell_of("grows", seed=1))
    assert first["ledger"]["capture"] >= 2 * SLOW
    assert first["ledger"]["method"] == first["seconds"]
    assert sum(first["ledger"].values()) == pytest.approx(first["wall"], rel=0.02)
    assert second["ledger"]["capture"] == 0
    assert capsys.readouterr().err.count("`capture` in the ledger of done.json") == 1


@pytest.mark.filterwarnings("ignore:replay. compiled is for CUDA")
def test_seconds_of_compilation_do_not_depend_on_what_ran_before(done, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function, **_: function)  # so that they are those of a first run
    cells = [
        cell_of(*which, replay="compiled") for which in [("base", 0, "3rewards"), ("grows",), ("base", 1, "3rewards")]
    ]
    first, grown, again = (done(cell)["compile_seconds"] for cell in cells)
    assert 0 < first == again < grown
