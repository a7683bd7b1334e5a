"""One cell: who is credited for what, when, and what becomes of methods that break the contract."""

import math
from dataclasses import dataclass

import pytest
import torch

from bench.problem import Candidates
from bench.registry import register_method
from bench.run.loaded import Loaded
from bench.run.runner import MethodError, run_cell
from bench.store.folder import CellStore
from tests.support.cells import make_cell

CLOCK = {"now": 0.0}


@register_method("ticking", family="test", paper="none")
@dataclass(frozen=True)
class Ticking:
    """Takes one second of a mock clock a yield, and each yield is better than the one before."""

    def run(self, problem):
        step = 0
        while True:
            noise = problem.draw_noise(1)
            CLOCK["now"] += 1.0
            yield Candidates(torch.full((1, 3, 4, 4), step / 10), torch.tensor([float(step)]), noise)
            step += 1


def run(tmp_path, cell):
    store = CellStore(tmp_path / "cells" / cell.id)
    run_cell(cell, Loaded(torch.device("cpu")), store, lambda event: None)
    return store


@pytest.fixture
def mock_clock(monkeypatch):
    CLOCK["now"] = 0.0
    monkeypatch.setattr("bench.run.runner.device_clock", lambda device: lambda: CLOCK["now"])


def test_nothing_is_credited_after_its_budget(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="3.5s", method="ticking", method_options={}))
    assert [event["seconds"] for event in store.events()] == [1, 2, 3]
    half, whole = store.checkpoints()
    assert (half["budget"], half["best_reward"], half["seconds"]) == (1.75, 0, 1)
    assert (whole["budget"], whole["best_reward"], whole["seconds"]) == (3.5, 2, 3)
    assert store.read("done")["overshoot"] == pytest.approx(0.5)


def test_a_result_exactly_at_its_budget_counts(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="4s", method="ticking", method_options={}))
    assert [row["best_reward"] for row in store.checkpoints()] == [1, 3]


def test_a_budget_below_the_first_yield_has_no_result(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="1s", method="ticking", method_options={}, checkpoints=(0.5, 1.0)))
    half, whole = store.checkpoints()
    assert (half["status"], half["best_reward"], half["last_reward"]) == ("none", None, None)
    assert (whole["status"], whole["best_reward"]) == ("ok", 0)


def test_booked_seconds_are_wall_seconds(tmp_path):
    done = run(tmp_path, make_cell(method="best-of-n", budget="0.5s")).read("done")
    assert sum(done["ledger"].values()) == pytest.approx(done["wall"], rel=0.02)
    assert done["ledger"]["method"] == done["seconds"] >= 0.5
    assert all(seconds >= 0 for seconds in done["ledger"].values())


@pytest.mark.parametrize("budget", ["60nfe", "12rewards"])
def test_evaluation_budgets_bind_too(tmp_path, budget):
    store = run(tmp_path, make_cell(budget=budget))
    assert len(store.events()) == 12  # 5 evaluations and one reward call a sample
    assert store.events()[-1]["denoiser_evals"] == 60
    assert store.checkpoints()[0]["reward_calls"] == 6


def test_base_keeps_the_latest_and_best_of_n_the_best(tmp_path):
    base = run(tmp_path, make_cell("base")).events()
    assert [event["best_reward"] for event in base] == [event["current_reward"] for event in base]
    best = [event["best_reward"] for event in run(tmp_path, make_cell("best-of-n")).events()]
    assert best == sorted(best)


def test_methods_are_paired(tmp_path):
    """All methods begin from the same noise, and draw the same noises after it."""
    base = [event["current_reward"] for event in run(tmp_path, make_cell("base")).events()]
    best = [event["current_reward"] for event in run(tmp_path, make_cell("best-of-n")).events()]
    dno = run(tmp_path, make_cell("dno")).events()[0]["current_reward"]
    assert dno == pytest.approx(base[0], abs=1e-6)
    assert best == pytest.approx([max(base[i : i + 4]) for i in (0, 4, 8)], abs=1e-6)


def test_the_same_cell_gives_the_same_events(tmp_path):
    def counted(path):
        events = run(path, make_cell("dno-regularized")).events()
        return [{key: value for key, value in event.items() if key != "seconds"} for event in events]

    assert counted(tmp_path / "a") == counted(tmp_path / "b")


def test_metrics_and_held_out_rewards_are_measured_on_the_incumbent(tmp_path):
    row = run(tmp_path, make_cell()).checkpoints()[-1]
    assert set(row["metrics"]) == {"held-out/spread", "first-pixel"}
    assert all(math.isfinite(value) for value in row["metrics"].values())
    assert (tmp_path / row["image"]).exists()


def test_a_metric_that_cannot_is_missing_and_says_so_once(tmp_path, capsys):
    from tests.support.plugins import HERE

    row = run(tmp_path, make_cell(metrics={"never-there": {"use": f"{HERE}@never-there"}})).checkpoints()[-1]
    assert set(row["metrics"]) == {"held-out/spread", "never-there"}
    assert row["metrics"]["never-there"] is None
    assert capsys.readouterr().err.count("never-there' is missing") == 1


def test_a_metric_without_its_weights_is_missing_without_a_word(tmp_path, capsys):
    """The note was printed before the run (bench.suite.needs)."""
    row = run(tmp_path, make_cell(metrics={"torchmetrics-clip-score": {"clip": "nobody/no-clip"}})).checkpoints()[-1]
    assert row["metrics"]["torchmetrics-clip-score"] is None
    assert "torchmetrics-clip-score" not in capsys.readouterr().err


def test_a_method_that_ends_early_keeps_its_result(tmp_path):
    store = run(tmp_path, make_cell("three"))
    assert len(store.events()) == 3
    assert [row["status"] for row in store.checkpoints()] == ["ok", "ok"]
    assert store.read("done")["overshoot"] == 0


@pytest.mark.parametrize(
    ("method", "error", "message"),
    [
        ("raises", ZeroDivisionError, "on purpose"),
        ("nan", MethodError, "not finite"),
        ("wrong-shape", MethodError, "expected n samples"),
        ("wrong-type", MethodError, "not float"),
        ("nothing", MethodError, "yielded nothing"),
    ],
)
def test_broken_methods_fail_their_cell(tmp_path, method, error, message):
    with pytest.raises(error, match=message):
        run(tmp_path, make_cell(method))


def test_asking_a_black_box_for_its_gradient_is_a_clear_error(tmp_path):
    with pytest.raises(RuntimeError, match="reward 'spread' is a black box"):
        run(tmp_path, make_cell("peeks", reward="spread"))


def test_a_black_box_scores_as_the_reward_it_hides(tmp_path):
    from tests.support.plugins import HERE

    hidden = {"use": f"{HERE}@mean", "black_box": True}
    open_ = [event["current_reward"] for event in run(tmp_path, make_cell()).events()]
    assert open_ == [event["current_reward"] for event in run(tmp_path, make_cell(reward_options=hidden)).events()]
