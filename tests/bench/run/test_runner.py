"""One cell: who is credited for what, when, and what becomes of methods that break the contract."""

import json
import math
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import torch

from bench.problem import Candidates, MethodError, RewardError
from bench.problem.seeding import draw_noise
from bench.registry import register_method
from bench.run.loaded import Loaded
from bench.run.runner import run_cell
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
            yield Candidates(torch.full((1, 3, 4, 4), step / 10), torch.tensor([step / 10]), noise)
            step += 1


@register_method("planning", family="test", paper="none")
@dataclass(frozen=True)
class Planning:
    """Takes one second a yield and notes the share of the budget that is left."""

    def run(self, problem):
        left = 1.0
        while True:
            noise = problem.draw_noise(1)
            samples = problem.generate(noise)
            CLOCK["now"] += 1.0
            left = yield Candidates(samples, problem.reward(samples), noise, {"left": left})


@register_method("late-failure", family="test", paper="none")
@dataclass(frozen=True)
class LateFailure:
    """One second a yield; works for another four and fails at its fourth."""

    def run(self, problem):
        for _ in range(3):
            yield from one_second(problem)
        CLOCK["now"] += 4.0
        raise ZeroDivisionError("late")


@register_method("improving-liar", family="test", paper="none")
@dataclass(frozen=True)
class Liar:
    """Says the truth once, and then a reward that is not the reward."""

    def run(self, problem):
        yield from one_second(problem)
        while True:
            for one in one_second(problem):
                yield Candidates(one.samples, one.rewards + 1000, one.noise)


@register_method("odd", family="test", paper="none")
@dataclass(frozen=True)
class Odd:
    """Offers something with a part put in its place."""

    WHAT: ClassVar[dict] = {}

    def run(self, problem):
        yield from (replace(one, **self.WHAT) for one in one_second(problem))


def one_second(problem):
    noise = problem.draw_noise(1)
    samples = problem.generate(noise)
    CLOCK["now"] += 1.0
    yield Candidates(samples, problem.reward(samples), noise)


def run(tmp_path, cell, loaded=None):
    tmp_path.mkdir(exist_ok=True)
    store = CellStore(tmp_path / "cells" / cell.id)
    run_cell(cell, loaded or Loaded(torch.device("cpu")), store, lambda event: None)
    return store


def run_and_fail(tmp_path, cell, error, message):
    with pytest.raises(error, match=message):
        run(tmp_path, cell)
    return CellStore(tmp_path / "cells" / cell.id)


@pytest.fixture
def mock_clock(monkeypatch):
    CLOCK["now"] = 0.0
    monkeypatch.setattr("bench.run.runner.device_clock", lambda device: lambda: CLOCK["now"])


def test_nothing_is_credited_after_its_budget(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="3.5s", method="ticking", method_options={}))
    assert [event["seconds"] for event in store.events()] == [1, 2, 3]
    half, whole = store.checkpoints()
    assert (half["budget"], half["best_reward"], half["seconds"]) == (1.75, 0, 1)
    assert (whole["budget"], whole["best_reward"], whole["seconds"]) == (3.5, pytest.approx(0.2), 3)
    assert store.read("done")["overshoot"] == pytest.approx(0.5)


def test_a_result_exactly_at_its_budget_counts(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="4s", method="ticking", method_options={}))
    assert [row["best_reward"] for row in store.checkpoints()] == pytest.approx([0.1, 0.3])


def test_a_budget_below_the_first_yield_has_no_result(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="1s", method="ticking", method_options={}, checkpoints=(0.5, 1.0)))
    half, whole = store.checkpoints()
    assert (half["status"], half["best_reward"], half["last_reward"]) == ("none", None, None)
    assert (whole["status"], whole["best_reward"]) == ("ok", 0)


def test_a_method_hears_what_is_left_and_is_not_asked_again_when_nothing_is(tmp_path, mock_clock):
    store = run(tmp_path, make_cell(budget="4s", method="planning", method_options={}))
    assert [event["info/left"] for event in store.events()] == [1, 0.75, 0.5, 0.25]
    assert store.read("done")["seconds"] == 4
    assert store.read("done")["overshoot"] == 0


@pytest.mark.parametrize(("budget", "overshoot"), [("13nfe", 1), ("14nfe", 0), ("19nfe", 1)])
def test_a_method_that_looks_up_overshoots_by_less_than_a_step_of_its_population(tmp_path, budget, overshoot):
    """Two samples at once, five steps: 10 evaluations a trajectory, 2 a step."""
    store = run(tmp_path, make_cell("looks-up", budget=budget, checkpoints=(1.0,)))
    assert [event["denoiser_evals"] for event in store.events()] == [10]
    assert store.read("done")["overshoot"] == overshoot
    assert store.checkpoints()[0]["denoiser_evals"] == 10


def test_looking_up_is_no_event_and_its_seconds_are_booked(tmp_path):
    store = run(tmp_path, make_cell("looks-up", budget="8nfe"))
    assert store.events() == []
    done = store.read("done")
    assert (done["steps"], done["denoiser_evals"]) == (0, 8)
    assert done["ledger"]["method"] == done["seconds"] > 0
    assert [row["status"] for row in store.checkpoints()] == ["none", "none"]


def test_without_noise_metrics_of_the_noise_are_missing_and_said_once(tmp_path, capsys):
    from tests.support.plugins import HERE

    metrics = {"noise-probability": {}, "latent-norm": {}, "first-pixel": {"use": f"{HERE}@first-pixel"}}
    rows = run(tmp_path, make_cell("looks-up", metrics=metrics)).checkpoints()
    for row in rows:
        assert row["status"] == "ok"
        assert row["metrics"]["noise-probability"] is row["metrics"]["latent-norm"] is None
        assert math.isfinite(row["metrics"]["first-pixel"])
    assert capsys.readouterr().err.count("'noise-probability' is missing") == 1


def test_noise_is_drawn_while_the_clock_stands_still(tmp_path, mock_clock, monkeypatch):
    def slowly(*name_and_shape):
        CLOCK["now"] += 100.0
        return draw_noise(*name_and_shape)

    monkeypatch.setattr("bench.problem.problem.draw_noise", slowly)
    store = run(tmp_path, make_cell(budget="3s", method="ticking", method_options={}))
    assert [event["seconds"] for event in store.events()] == [1, 2, 3]


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


def test_labels_decide_no_random_number(tmp_path):
    """One model and one method under two labels, as in fp32 against bf16: the same noise, the same directions."""
    from tests.support.plugins import HERE

    def counted(**changes):
        events = run(tmp_path, make_cell(**{"method": "dno-zo", "method_options": {}, **changes})).events()
        return [event["current_reward"] for event in events]

    ours = counted()
    assert ours == counted(model="other", model_options={"use": f"{HERE}@gaussian"})
    assert ours == counted(method="other", method_options={"use": "dno-zo"})
    assert ours != counted(seed=1)


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


def test_a_held_out_reward_that_raises_is_missing_and_does_not_stop_the_cell(tmp_path, capsys):
    from tests.support.plugins import HERE

    held_out = {name: {"use": f"{HERE}@{name}"} for name in ("spread", "refuses", "scalar")}
    store = run(tmp_path, make_cell(held_out=held_out))
    for row in store.checkpoints():
        assert row["metrics"]["held-out/refuses"] is row["metrics"]["held-out/scalar"] is None
        assert math.isfinite(row["metrics"]["held-out/spread"])
    notes = capsys.readouterr().err
    assert notes.count("held-out reward 'refuses' is missing") == notes.count("'scalar' is missing") == 1


def test_columns_of_a_metric_carry_its_label(tmp_path):
    from tests.support.plugins import HERE

    options = {"use": f"{HERE}@parts", "columns": ["parts", "parts/a", "parts-b"]}
    row = run(tmp_path, make_cell(metrics={"mine": options}, held_out={})).checkpoints()[-1]
    assert list(row["metrics"]) == ["mine", "mine/a", "mine-b"]


@pytest.mark.parametrize("column", ["score", "partsscore", "parts/", "my-parts", ""])
def test_a_metric_with_a_column_of_another_name_is_missing_and_says_so_once(tmp_path, capsys, column):
    from tests.support.plugins import HERE

    options = {"use": f"{HERE}@parts", "columns": ["parts", column]}
    store = run(tmp_path, make_cell(metrics={"mine": options}, held_out={}))
    assert [row["metrics"] for row in store.checkpoints()] == [{"mine": None}] * 2
    rule = f"column {column!r}; its columns are 'parts', 'parts/PART' and 'parts-PART'"
    assert capsys.readouterr().err.count(rule) == 1


def test_a_column_of_one_metric_never_overwrites_another(tmp_path, capsys):
    from tests.support.plugins import HERE

    one = {"mine": {"use": f"{HERE}@parts", "columns": ["parts", "parts-x"]}}
    other = {"mine-x": {"use": f"{HERE}@first-pixel"}}
    alone = run(tmp_path, make_cell(metrics=other, held_out={})).checkpoints()[-1]["metrics"]
    for metrics in (one | other, other | one):
        row = run(tmp_path, make_cell(metrics=metrics, held_out={})).checkpoints()[-1]
        assert row["metrics"] == {"mine": None, **alone}
    assert "its column 'mine-x' is the label of another metric" in capsys.readouterr().err


def test_a_metric_that_is_not_finite_is_missing(tmp_path):
    from tests.support.plugins import HERE

    store = run(tmp_path, make_cell(metrics={"infinite": {"use": f"{HERE}@infinite"}}))
    assert store.checkpoints()[-1]["metrics"]["infinite"] is None
    assert "Infinity" not in (store.path / "checkpoints.jsonl").read_text()


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
        ("wrong-shape", MethodError, "expected n >= 1 samples"),
        ("wrong-type", MethodError, "not float"),
        ("nothing", MethodError, "yielded nothing"),
    ],
)
def test_broken_methods_fail_their_cell(tmp_path, method, error, message):
    with pytest.raises(error, match=message):
        run(tmp_path, make_cell(method))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"samples": torch.full((1, 3, 4, 4), math.nan)}, "yielded samples that are not finite"),
        ({"noise": torch.full((1, 6, 3, 4, 4), math.inf)}, "yielded noise that are not finite"),
        ({"noise": torch.zeros(1, 5, 3, 4, 4)}, r"noise \(1, 5, 3, 4, 4\) float32; expected .* \(n, 6, 3, 4, 4\)"),
        ({"noise": torch.zeros(2, 6, 3, 4, 4)}, r"noise \(2, 6, 3, 4, 4\)"),
        ({"noise": "none"}, "noise str"),
        ({"samples": torch.zeros(1, 3, 8, 8)}, r"samples \(1, 3, 8, 8\) float32"),
        ({"samples": torch.zeros(0, 3, 4, 4), "rewards": torch.zeros(0)}, "n >= 1"),
        ({"rewards": [0.5]}, "rewards list"),
    ],
)
def test_what_is_no_offer_is_refused_by_name(tmp_path, monkeypatch, what, message):
    monkeypatch.setattr(Odd, "WHAT", what)
    store = run_and_fail(tmp_path, make_cell(method="odd", method_options={}), MethodError, message)
    assert store.events() == []


def test_a_reward_that_is_not_the_reward_is_found_out(tmp_path, mock_clock):
    cell = make_cell(method="improving-liar", method_options={}, budget="4s", checkpoints=(0.25, 1.0))
    store = run_and_fail(
        tmp_path, cell, MethodError, r"'improving-liar' offered a sample at 100\d.* which reward 'mean' scores 0\.\d"
    )
    assert [row["budget"] for row in store.checkpoints()] == [1]


def test_a_reward_that_breaks_its_contract_is_blamed_itself(tmp_path):
    run_and_fail(tmp_path, make_cell(reward="scalar"), RewardError, r"reward 'scalar' gave \(\) float32 for 1 samples")


def test_what_was_measured_before_a_failure_is_kept(tmp_path, mock_clock):
    """The method was well until 7 s: what it had at 2, 3.5 and 5 s stands, what it would have had at 8 s does not."""
    marks = (0.2, 0.35, 0.5, 0.8, 1.0)
    cell = make_cell(method="late-failure", method_options={}, budget="10s", checkpoints=marks)
    rows = run_and_fail(tmp_path, cell, ZeroDivisionError, "late").checkpoints()
    assert [(row["budget"], row["seconds"], row["status"]) for row in rows] == [
        (2, 2, "ok"),
        (3.5, 3, "ok"),
        (5, 3, "ok"),
    ]


def test_info_neither_replaces_an_event_nor_breaks_it(tmp_path, capsys):
    plain = run(tmp_path, make_cell("base")).events()
    store = run(tmp_path, make_cell("talkative"))
    for event, one in zip(store.events(), plain, strict=True):
        own = {key: value for key, value in event.items() if not key.startswith("info/")}
        assert {**own, "seconds": 0} == {**one, "seconds": 0, "best_reward": own["best_reward"]}
    assert store.events()[0]["info/seconds"] == 7
    assert [event.get("info/changing") for event in store.events()[:3]] == [0, None, None]
    told = {key for event in store.events() for key in event if key.startswith("info/")}
    assert told == {"info/seconds", "info/changing"}
    lines = (store.path / "events.jsonl").read_text().splitlines()
    assert all(json.loads(line, parse_constant=pytest.fail) for line in lines)
    assert capsys.readouterr().err.count("info 'changing' of method 'talkative' is dropped") == 1


def test_asking_a_black_box_for_its_gradient_is_a_clear_error(tmp_path):
    with pytest.raises(RuntimeError, match="reward 'spread' is a black box"):
        run(tmp_path, make_cell("peeks", reward="spread"))


def test_a_black_box_scores_as_the_reward_it_hides(tmp_path):
    from tests.support.plugins import HERE

    hidden = {"use": f"{HERE}@mean", "black_box": True}
    open_ = [event["current_reward"] for event in run(tmp_path, make_cell()).events()]
    assert open_ == [event["current_reward"] for event in run(tmp_path, make_cell(reward_options=hidden)).events()]
