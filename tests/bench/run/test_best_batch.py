"""The best batch: on a scripted clock, from the measurement to what a method is told and a cell records."""

import math
from dataclasses import dataclass
from itertools import islice

import pandas as pd
import pytest
import torch

from bench.problem import Candidates, seeded_problem
from bench.registry import METHODS, register_method
from bench.run.best_batch import best_of, find_best_batch, time_batches
from bench.run.loaded import Loaded
from bench.run.runner import run_cell
from bench.store.folder import CellStore
from bench.testing.gaussian import GaussianModel, mean_reward, toy_problem
from tests.support.cells import make_cell
from tests.support.cli import dno_bench
from tests.support.plugins import HERE

CPU = torch.device("cpu")


class Device:
    """A clock, and a model whose predictions of n samples take it `overhead + n` seconds."""

    def __init__(self, overhead, memory=10**6, first=0.0, busy=()):
        self.now, self.seen, self.calls = 0.0, [], 0
        self._overhead, self._memory, self._first, self._busy = overhead, memory, first, set(busy)

    def clock(self):
        return self.now

    def problem(self):
        device = self

        class Timed(GaussianModel):
            def predict(self, latent, step, condition):
                device.work(len(latent))
                return super().predict(latent, step, condition)

        return seeded_problem(Timed(), mean_reward, "toy", 0, model_name="gaussian")

    def work(self, n):
        if n > self._memory:
            raise torch.OutOfMemoryError
        self.calls += 1
        new = n not in self.seen
        self.seen += [n] if new else []
        self.now += (self._overhead + n) * (10 if self.calls in self._busy else 1) / 1000 + (self._first if new else 0)


@pytest.mark.parametrize(("overhead", "best"), [(0, 1), (0.2, 1), (1, 8), (8, 64)])
def test_it_is_the_smallest_whose_doubling_gains_less_than_a_tenth(overhead, best):
    """Doubling n gains 2 (overhead + n) / (overhead + 2 n) - 1: at overhead 1 it is 11 % from 4, and 6 % from 8."""
    device = Device(overhead)
    seconds = time_batches(device.problem(), device.clock, 256, math.inf)
    assert best_of(seconds, 1e9) == best
    assert seconds == pytest.approx({n: 5 * (overhead + n) / 1000 for n in seconds})


@pytest.mark.parametrize("most", [1, 2, 7, 8])
def test_it_is_at_most_what_the_model_takes_at_once(most):
    device = Device(overhead=100)
    assert best_of(time_batches(device.problem(), device.clock, most, math.inf), 1e9) == 2 ** (most.bit_length() - 1)


def test_what_does_not_fit_into_memory_ends_the_doubling():
    device = Device(overhead=100, memory=11)
    assert best_of(time_batches(device.problem(), device.clock, 256, math.inf), 1e9) == 8
    assert device.seen == [1, 2, 4, 8]


def test_a_batch_is_not_timed_the_first_time():
    """That is when kernels are chosen and captured."""
    slow_at_first, steady = Device(overhead=1, first=9.0), Device(overhead=1)
    found, expected = (time_batches(one.problem(), one.clock, 256, math.inf) for one in (slow_at_first, steady))
    assert found == pytest.approx(expected)


def test_what_else_runs_for_a_moment_does_not_count():
    busy, steady = Device(overhead=1, busy=[4, 9, 14, 20]), Device(overhead=1)
    found, expected = (time_batches(one.problem(), one.clock, 256, math.inf) for one in (busy, steady))
    assert found == pytest.approx(expected)


def test_what_else_runs_while_one_size_is_timed_does_not_end_the_search():
    seconds = {1: 1.0, 2: 1.1, 4: 2.4, 8: 1.6, 16: 3.2, 32: 6.4}
    assert best_of(seconds, 9.0) == 8
    assert best_of({size: seconds[size] for size in (1, 2, 4)}, 9.0) == 2
    busy = Device(overhead=8, busy=[19, 21, 23])  # 8, each time that it is timed beside 4
    assert best_of(time_batches(busy.problem(), busy.clock, 256, math.inf), 1e9) == 64


def test_a_slow_device_is_not_measured_for_long():
    device = Device(overhead=1000)
    time_batches(device.problem(), device.clock, 256, math.inf)
    assert device.now < 8


def test_a_batch_takes_no_longer_than_it_may():
    seconds = {1: 1.0, 2: 1.1, 4: 1.2, 8: 1.3}
    assert [best_of(seconds, most) for most in (0.5, 1.0, 1.1, 1.25, 9.0)] == [1, 1, 2, 4, 8]


def found(cell, loaded, clock=lambda: 0.0):
    loaded.load(cell)
    return find_best_batch(cell, loaded, clock)


def test_it_is_measured_once_for_a_model_a_reward_and_a_first_checkpoint(monkeypatch):
    measured = []
    monkeypatch.setattr("bench.run.best_batch.time_batches", lambda *_: measured.append(1) or {1: 1.0, 2: 1.1, 4: 1.2})
    loaded = Loaded(CPU)
    sizes = [found(make_cell(budget=budget, seed=seed), loaded) for seed, budget in enumerate(["10s", "4.6s", "2s"])]
    assert sizes == [4, 2, 1]  # half of the first checkpoint, which is half of the budget
    assert len(measured) == 3
    found(make_cell(budget="10s", seed=7), loaded)
    assert len(measured) == 3
    found(make_cell(budget="10s", reward="spread"), loaded)
    assert len(measured) == 4
    found(make_cell(budget="10s", model_options={"use": f"{HERE}@gaussian", "steps": 3}), loaded)
    assert len(measured) == 5


@pytest.mark.parametrize(
    ("budget", "size"), [("1000nfe", 4), ("40nfe", 4), ("39nfe", 3), ("5nfe", 1), ("7rewards", 3), ("90rewards", 4)]
)
def test_counted_budgets_do_not_ask_the_device(budget, size, monkeypatch):
    """Five evaluations a sample; the first checkpoint is at half of the budget."""
    monkeypatch.setattr("bench.run.best_batch.time_batches", None)
    assert found(make_cell(budget=budget), Loaded(CPU)) == size


@register_method("asks-late", family="test", paper="none")
@dataclass(frozen=True)
class AsksLate:
    """Makes two samples before it asks for the best batch."""

    def run(self, problem):
        for asks in (False, False, True, True):
            noise = problem.draw_noise(problem.best_batch if asks else 1)
            samples = problem.generate(noise)
            yield Candidates(samples, problem.reward(samples), noise)


def done(tmp_path, cell):
    store = CellStore(tmp_path / "cell")
    run_cell(cell, Loaded(CPU), store, lambda event: None)
    return store.read("done")


def test_a_cell_records_what_its_method_was_told(tmp_path):
    assert done(tmp_path, make_cell("best-of-n", budget="60nfe"))["best_batch"] == 4
    assert done(tmp_path, make_cell("base", budget="60nfe"))["best_batch"] is None


def test_what_is_measured_while_the_clock_runs_is_not_the_methods_time(tmp_path, monkeypatch):
    clock = {"now": 0.0}

    def measure(*_):
        clock["now"] += 100
        return {1: 1.0, 2: 1.1}

    monkeypatch.setattr("bench.run.best_batch.time_batches", measure)
    monkeypatch.setattr("bench.run.runner.device_clock", lambda device: lambda: clock["now"])
    cell = make_cell("asks-late", budget="10s", method_options={})
    ended = done(tmp_path, cell)
    assert ended["ledger"]["warm_up"] == 100
    assert (ended["seconds"], ended["best_batch"], ended["reward_calls"]) == (0, 2, 6)


@pytest.mark.parametrize("size", [1, 2, 8])
def test_best_of_n_makes_the_same_samples_in_any_batch(size):
    def rewards(**options):
        offers = islice(METHODS.get("best-of-n").create(options).run(toy_problem()), 8)
        return torch.cat([one.rewards for one in offers])[:8]

    torch.testing.assert_close(rewards(batch_size=size), rewards())


SUITE = f"""
name: batches
description: Who asks, and what it was told.
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods:
  base:
  best-of-n: {{batch_size: [3, auto]}}
seeds: [0]
budget: 0.3s
"""


def test_from_a_suite_to_the_column(tmp_path):
    (tmp_path / "batches.yaml").write_text(SUITE)
    ended = dno_bench("run", "batches.yaml", "--wandb", "off", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    scores = pd.read_csv(tmp_path / "results" / "runs" / "batches" / "scores.csv").set_index("method")["best_batch"]
    assert scores["best-of-n batch_size=auto"].isin([2**k for k in range(9)]).all()
    assert scores[["base", "best-of-n batch_size=3"]].isna().all()


@pytest.mark.parametrize("value", ["0", "-1", "many", "2.5", "true"])
def test_what_is_no_batch_is_refused(value, tmp_path):
    (tmp_path / "batches.yaml").write_text(SUITE.replace("[3, auto]", value))
    ended = dno_bench("run", "batches.yaml", cwd=tmp_path)
    assert ended.returncode == 2
    assert "batch_size: must be a whole number of at least 1, or auto" in ended.stderr
    assert not (tmp_path / "results").exists()


def test_no_larger_batch_is_tried_once_one_takes_too_long():
    device = Device(overhead=100)  # every doubling pays; a batch takes half a second
    assert sorted(time_batches(device.problem(), device.clock, 256, 0.4)) == [1, 2]
