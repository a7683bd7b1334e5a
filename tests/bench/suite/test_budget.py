"""Budgets, the ledger's identity, and the meter."""

import math
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.errors import InputError
from bench.problem import Meter
from bench.run.clock import Ledger
from bench.suite.budget import Budget, budget_text
from bench.testing import GaussianModel, toy_problem


class MockClock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10s", 10, "seconds"),
        ("1.5m", 90, "seconds"),
        (" 2h ", 7200, "seconds"),
        ("500nfe", 500, "denoiser_evals"),
        ("100rewards", 100, "reward_calls"),
    ],
)
def test_parse(text, amount, unit):
    assert Budget.parse(text) == Budget(amount, unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "ten seconds",
        "0s",
        "-3s",
        "5 parsecs",
        "s",
        "1e3s",
        f"1{400 * '0'}s",
        f"1{305 * '0'}h",
        f"0.{400 * '0'}1s",
        "0.3nfe",
        "1.5rewards",
        "1_000s",
        "\u0661s",
    ],
)
def test_bad_budgets_are_refused(text):
    with pytest.raises(InputError, match="budget"):
        Budget.parse(text)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("10s", "10s"), ("0.5s", "0.5s"), ("500nfe", "500nfe"), ("100rewards", "100rewards"), ("300h", "1080000s"),
        ("1000000nfe", "1000000nfe"), ("100000.5s", "100000.5s"), ("0.0000001s", "0.0000001s"), ("1.0nfe", "1nfe"),
    ],
)  # fmt: skip
def test_budget_round_trips_through_text(text, again):
    assert str(Budget.parse(text)) == again


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False), st.sampled_from("smh"))
@example(5e-324, "s")
@example(1.7976931348623157e308, "s")
def test_every_budget_of_time_round_trips_exactly(amount, suffix):
    try:
        budget = Budget.parse(f"{Decimal(repr(amount)):f}{suffix}")
    except InputError:
        assert amount * {"s": 1, "m": 60, "h": 3600}[suffix] == math.inf
        return
    assert budget.amount == amount * {"s": 1, "m": 60, "h": 3600}[suffix]
    assert Budget.parse(str(budget)) == budget


@given(st.integers(1, 10**30), st.sampled_from(["nfe", "rewards"]))
def test_every_counted_budget_round_trips_exactly(amount, suffix):
    budget = Budget.parse(f"{amount}{suffix}")
    assert (budget.amount, Budget.parse(str(budget))) == (float(amount), budget)


def test_every_second_is_booked_to_the_running_phase():
    clock = MockClock()
    ledger = Ledger(clock)
    for phase, seconds in [("warm_up", 1), ("method", 2), ("logging", 4), ("method", 8), ("evaluation", 16)]:
        clock.now += seconds
        ledger.switch(phase)
    clock.now += 32
    ledger.switch("logging")
    booked = {"setup": 1, "warm_up": 2, "capture": 0, "method": 4 + 16, "logging": 8, "evaluation": 32}
    assert ledger.booked == booked


def test_a_stretch_aside_is_booked_to_its_own_phase_and_the_running_one_goes_on():
    clock = MockClock()
    ledger = Ledger(clock)
    ledger.switch("method")
    clock.now += 1
    with suppress(ZeroDivisionError), ledger.aside("capture"):
        clock.now += 2
        raise ZeroDivisionError
    clock.now += 4
    ledger.switch("logging")
    assert (ledger.booked["method"], ledger.booked["capture"]) == (1 + 4, 2)


def test_booked_time_is_wall_time():
    start = time.perf_counter()
    ledger = Ledger()
    for phase in ("warm_up", "method", "logging", "evaluation", "method", "logging"):
        time.sleep(0.02)
        ledger.switch(phase)
    wall = time.perf_counter() - start
    assert sum(ledger.booked.values()) == pytest.approx(wall, rel=0.02)


def test_meter_counts_what_was_asked_for():
    meter = Meter()
    model = GaussianModel(steps=5)
    model.evals_per_prediction = 2
    problem = toy_problem(model=model, meter=meter)
    noise = problem.draw_noise(3).requires_grad_()
    problem.reward(problem.generate(noise)).sum().backward()
    counts = {"denoiser_evals": 3 * 5 * 2, "decodes": 3, "reward_calls": 3, "backward_evals": 3 * 5 * 2}
    assert meter.counts() == counts


def test_spent_follows_the_unit():
    meter = Meter(denoiser_evals=7, reward_calls=3)
    assert Budget(1, "seconds").spent(2.5, meter) == 2.5
    assert Budget(1, "denoiser_evals").spent(2.5, meter) == 7
    assert Budget(1, "reward_calls").spent(2.5, meter) == 3


@pytest.mark.parametrize(
    ("budget", "unit", "text"),
    [
        (15.0, "seconds", "15 s"),
        (0.5, "seconds", "0.5 s"),
        (0.1 * 3, "seconds", "0.3 s"),
        (100000.5, "seconds", "100,000.5 s"),
        (1e-7, "seconds", "0.0000001 s"),
        (500.0, "denoiser_evals", "500 evaluations"),
        (1e6, "denoiser_evals", "1,000,000 evaluations"),
        (100.0, "reward_calls", "100 reward calls"),
    ],
)
def test_budgets_read_like_speech(budget, unit, text):
    assert budget_text(budget, unit) == text


@pytest.mark.parametrize(
    ("text", "fraction", "expected"),
    [
        ("3s", 0.3, 0.9), ("5m", 1, 300), ("2s", 0.1, 0.2), ("500s", 1 / 3, 166.666666667),
        ("3rewards", 0.3, 1), ("100nfe", 0.29, 29), ("50nfe", 0.25, 12), ("3rewards", 1, 3), ("1nfe", 0.5, 1),
    ],
)  # fmt: skip
def test_what_a_checkpoint_allows_has_no_digits_of_rounding_and_counts_are_whole(text, fraction, expected):
    assert Budget.parse(text).at(fraction) == expected
