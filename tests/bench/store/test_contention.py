"""Which cells are contended, judged beside the other cells of the run."""

import math

import numpy as np
import pandas as pd
import pytest

from bench.store.contention import machine_columns, with_contention
from bench.store.scores import numbers_or_text
from tests.support.runs import RAN

MS = 0.001


def cells(steps, shares=1.0, model="m", pace="H100"):
    """One row a cell: seconds of its reference step and its share of the processor."""
    names = [f"{model}-{pace}-{number}" for number in range(len(steps))]
    return pd.DataFrame({"cell": names, "model": model, "pace": pace, "step_seconds": steps, "cpu_share": shares})


def contended(*parts):
    return with_contention(pd.concat(parts, ignore_index=True))["contended"].tolist()


def ran(**machine):
    return machine_columns({**RAN, "machine": machine})


def test_raw_figures_become_columns():
    found = ran(cpu_seconds=3.0, waited_seconds=1.0, step_seconds=[2 * MS, 4 * MS], device_busy=0.5)
    assert found["cpu_share"] == 0.75
    assert found["step_seconds"] == pytest.approx(3 * MS)
    assert (found["pace"], found["device_busy"]) == ("H100, torch 2.13.0", 0.5)
    assert math.isnan(found["energy_joules"])


@pytest.mark.parametrize("machine", [{}, {"cpu_seconds": 1.0, "waited_seconds": math.nan}, {"cpu_seconds": 0.0}])
def test_what_was_not_measured_is_not_known(machine):
    assert math.isnan(ran(**machine)["cpu_share"])


def test_a_cell_that_has_not_run_has_no_pace():
    found = machine_columns({})
    assert found.pop("pace") is None
    assert np.isnan(list(found.values())).all()


def test_a_slow_machine_is_seen_beside_a_faster_moment_of_the_run():
    assert contended(cells([1 * MS, 1 * MS, 1.3 * MS, 1.4 * MS, 3 * MS])) == [0, 0, 0, 1, 1]


def test_who_had_to_wait_for_the_processor_is_contended_without_any_comparison():
    assert contended(cells([MS], shares=0.89), cells([MS], shares=0.91, model="other")) == [1, 0]


def test_noise_of_a_quiet_machine_marks_nobody():
    rng = np.random.default_rng(0)
    steps = MS * (1 + rng.exponential(0.03, 20_000))
    shares = 1 - rng.exponential(0.005, 20_000)
    assert sum(contended(cells(steps, shares))) == 0


@pytest.mark.parametrize("n", [3, 5, 10, 11, 31])
def test_one_lucky_cell_condemns_no_other(n):
    assert sum(contended(cells([0.5 * MS, *[MS] * (n - 1)]))) == 0


@pytest.mark.parametrize("n", [3, 5, 10, 11, 31])
def test_one_slow_cell_is_seen(n):
    assert contended(cells([*[MS] * (n - 1), 2 * MS])) == [*[0] * (n - 1), 1]


def test_of_two_cells_the_slower_one_is_judged_by_the_faster():
    assert contended(cells([MS, 2 * MS])) == [0, 1]


def test_a_run_that_was_disturbed_most_of_the_time_is_seen():
    assert sum(contended(cells([*[MS] * 5, *[2 * MS] * 25]))) == 25


def test_one_slow_end_of_a_cell_is_half_of_it():
    quick = ran(step_seconds=[MS, MS])["step_seconds"]
    assert contended(cells([quick, ran(step_seconds=[MS, 1.5 * MS])["step_seconds"]])) == [0, 0]
    assert contended(cells([quick, ran(step_seconds=[MS, 2 * MS])["step_seconds"]])) == [0, 1]


def test_models_and_devices_are_judged_apart():
    assert contended(cells([MS] * 3), cells([9 * MS] * 3, model="large"), cells([9 * MS] * 3, pace="A100")) == [0] * 9


def test_nothing_is_said_of_cells_without_figures():
    missing = cells([math.nan], shares=math.nan).assign(pace=None)
    found = with_contention(pd.concat([cells([MS]), missing], ignore_index=True))
    assert found["contended"].tolist()[0] == 0
    assert math.isnan(found["contended"].tolist()[1])
    assert pd.api.types.is_float_dtype(numbers_or_text(found["contended"]))


def test_rows_of_a_cell_are_judged_alike():
    twice = pd.concat([cells([MS, MS, 2 * MS]), cells([MS, MS, 2 * MS])])
    assert with_contention(twice)["contended"].tolist() == [0, 0, 1] * 2
