"""Warm-up: once for what is loaded, forgotten with it, and telling whether a budget holds a first yield."""

from dataclasses import dataclass

import pytest
import torch

from bench.problem import Candidates
from bench.registry import register_method, register_reward
from bench.run.loaded import Loaded
from bench.run.warm_up import warm_up
from tests.support.cells import make_cell
from tests.support.plugins import HERE

CLOCK = {"now": 0.0}
RUNS = []


@register_method("slow-at-first", family="test", paper="none")
@dataclass(frozen=True)
class SlowAtFirst:
    """Needs 9 seconds for its first yield in a process, then 3 for each."""

    batch: int = 2

    def run(self, problem):
        while True:
            CLOCK["now"] += 3.0 if RUNS else 9.0
            RUNS.append(self.batch)
            noise = problem.draw_noise(self.batch)
            samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)


@register_method("endless", family="test", paper="none")
@dataclass(frozen=True)
class Endless:
    """Looks up every second and never offers anything."""

    def run(self, problem):
        while True:
            CLOCK["now"] += 1.0
            yield


@register_method("draws-less", family="test", paper="none")
@dataclass(frozen=True)
class DrawsLess:
    """Draws three noises, and then one at a time."""

    def run(self, problem):
        for count in (3, 1, 1):
            noise = problem.draw_noise(count)
            samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)


@register_reward("picky", differentiable=False, range=(0, 1), paper="none")
@dataclass(frozen=True)
class Picky:
    """Judges one prompt."""

    def __call__(self, samples, prompts):
        if set(prompts) != {"blue"}:
            raise ValueError("not blue")
        return samples.detach().flatten(1).mean(1)


@pytest.fixture(autouse=True)
def _fresh():
    CLOCK["now"] = 0.0
    RUNS.clear()


def warmed(cell, loaded=None):
    loaded = loaded or Loaded(torch.device("cpu"))
    loaded.load(cell)
    return warm_up(cell, loaded, lambda: CLOCK["now"])


def cell_of(method="slow-at-first", budget="100s", **changes):
    return make_cell(**{"method": method, "method_options": {}, "budget": budget, **changes})


def test_it_is_done_once_for_the_same_work():
    loaded = Loaded(torch.device("cpu"))
    for seed in (0, 1):
        warmed(cell_of(seed=seed), loaded)
    assert RUNS == [2, 2]


@pytest.mark.parametrize(
    "changes",
    [
        {"method_options": {"batch": 3}},
        {"reward": "spread"},
        {"model_options": {"use": f"{HERE}@gaussian", "steps": 3}},
    ],
)
def test_other_options_are_other_work(changes):
    loaded = Loaded(torch.device("cpu"))
    warmed(cell_of(), loaded)
    warmed(cell_of(**changes), loaded)
    assert len(RUNS) == 4


def test_it_is_forgotten_with_the_model():
    loaded = Loaded(torch.device("cpu"))
    for steps in (5, 4, 5):
        warmed(cell_of(model_options={"use": f"{HERE}@gaussian", "steps": steps}), loaded)
    assert len(RUNS) == 6


def test_it_tells_how_many_noises_are_drawn_at_once():
    assert warmed(cell_of()).draws == 2


def test_a_budget_that_holds_a_first_yield_needs_no_word(capsys):
    assert warmed(cell_of(budget="100s")).first_offer == 9  # cold, and in time all the same
    assert capsys.readouterr().err == ""


def test_a_first_yield_beyond_the_budget_is_said_once_with_the_time_that_it_needs_when_warm(capsys):
    loaded = Loaded(torch.device("cpu"))
    for seed in (0, 1):
        warmed(cell_of(budget="2s", seed=seed), loaded)
    expected = "needs about 3 s for its first yield; the first checkpoint is at 1 s, the budget 2 s"
    assert capsys.readouterr().err == f"note: method 'slow-at-first' {expected}\n"


def test_evaluations_are_counted_not_timed(capsys):
    assert warmed(cell_of(budget="12nfe")).first_offer == 10
    assert "needs about 10 evaluations for its first yield" in capsys.readouterr().err
    assert RUNS == [2, 2]


def test_a_method_that_only_looks_up_does_not_warm_up_for_ever(capsys):
    warmed(cell_of("endless", budget="20s"))
    assert CLOCK["now"] < 50
    assert "'endless' needs more for its first yield" in capsys.readouterr().err


def test_what_fails_is_left_to_fail_on_the_clock():
    assert warmed(make_cell("raises")).first_offer == 0


def test_it_uses_the_prompt_of_the_cell():
    cell = cell_of(prompt="blue", reward="picky", reward_options={})
    assert warmed(cell).first_offer == 9


def test_what_fails_is_said_once(capsys):
    loaded = Loaded(torch.device("cpu"))
    for seed in (0, 1):
        warmed(make_cell("raises", seed=seed, budget=f"{100 + seed}s"), loaded)
    assert capsys.readouterr().err == (
        "note: the warm-up of 'raises' on 'gaussian' for 'mean' failed, its first cell may be slower: "
        "ZeroDivisionError: on purpose\n"
    )


def test_the_first_draw_decides_what_is_drawn_ahead():
    assert warmed(cell_of("draws-less")).draws == 3


def test_a_budget_too_small_is_said_for_each_reward(capsys):
    loaded = Loaded(torch.device("cpu"))
    for reward in ("mean", "spread"):
        warmed(cell_of(budget="2s", reward=reward), loaded)
    assert capsys.readouterr().err.count("for its first yield") == 2


@pytest.mark.parametrize(("budget", "seconds"), [("100nfe", 60), ("10rewards", 30), ("100s", 100)])
def test_it_tells_how_long_a_budget_takes(budget, seconds):
    """Two offers of two samples, 20 evaluations, take 12 seconds."""
    assert warmed(cell_of(budget=budget)).seconds == pytest.approx(seconds)


def test_what_asks_for_nothing_that_is_counted_has_no_pace():
    assert warmed(cell_of("nothing", method_options={"use": f"{HERE}@nothing"}, budget="100nfe")).seconds == 0
