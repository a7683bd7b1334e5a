"""How many samples at once the device makes and scores fastest: measured off the clock, where a method asks for it.

Under a budget that is counted nothing is measured: there the number must not hang on the device.
"""

import json
import math
from collections.abc import Callable, Mapping

import torch

from bench.problem import DEFAULT_BATCH, Model, Problem, seeded_problem
from bench.run.clock import Ledger
from bench.run.loaded import Loaded
from bench.suite.budget import Budget
from bench.suite.cell import Cell

_GAIN = 1.1  # of throughput, at which a batch is worth doubling
_SHARE = 0.5  # of the first checkpoint: a batch that takes twice what it took is still in time to be offered
_REPEATS = 3
_MOST_SECONDS = 3.0  # of timed work; what is begun is ended
_MOST = 256  # what goes beyond, points on a ring, gains nothing but noise to be drawn


class AskedBatch:
    """What a method on the clock is told when it asks for the best batch.

    Attributes:
        size: what it was told; None if it has not asked.
    """

    def __init__(self, cell: Cell, loaded: Loaded, ledger: Ledger) -> None:
        self.size: int | None = None
        self._cell, self._loaded, self._ledger = cell, loaded, ledger

    def __call__(self) -> int:
        """The same number each time; if the warm-up has not measured it, that is made up for off the clock."""
        if self.size is None:
            with self._ledger.aside("warm_up"):
                self.size = find_best_batch(self._cell, self._loaded, self._ledger.clock)
        return self.size


def find_best_batch(cell: Cell, loaded: Loaded, clock: Callable[[], float]) -> int:
    """The best batch for a cell; what is measured for it is kept as long as the model is."""
    first_mark = cell.budget.at(cell.checkpoints[0])
    if cell.budget.unit != "seconds":
        return max(1, min(DEFAULT_BATCH, int(first_mark / _cost(loaded.model, cell.budget))))
    most_seconds = _SHARE * first_mark
    key = json.dumps(["batches", cell.reward, cell.reward_options, most_seconds])
    if key not in loaded.warm:
        problem = seeded_problem(loaded.model, loaded.reward, cell.prompt, 0, model_name="best batch")
        loaded.warm[key] = time_batches(problem, clock, loaded.model.chunk or _MOST, most_seconds)
    return best_of(loaded.warm[key], most_seconds)


def best_of(seconds: Mapping[int, float], most_seconds: float) -> int:
    """The smallest batch of which a doubling gains less than a tenth in throughput or takes too long.

    A doubling that does not pay is not believed where the next one pays for both: something else ran for a moment.

    Args:
        seconds: that a whole batch takes, by its size: 1, 2, 4, ...
        most_seconds: what a batch may take; a batch of 1 may take any time.
    """
    allowed = {size: seconds[size] for size in sorted(seconds) if size == 1 or seconds[size] <= most_seconds}
    return next(size for size in allowed if not any(_pays(allowed, size, larger) for larger in (2 * size, 4 * size)))


@torch.no_grad()
def time_batches(problem: Problem, clock: Callable[[], float], most: int, most_seconds: float) -> dict[int, float]:
    """Seconds of a whole batch of 1, 2, 4, ... samples, until two in a row do not pay or one takes too long.

    Neighbours are timed in turn and the least counts, so that what else runs on the machine weighs on both alike.

    Args:
        problem: of no cell; its meter counts what is done.
        clock: waits for the device.
        most: the largest batch that is tried; what does not fit into memory ends it before.
        most_seconds: what a batch may take.
    """
    batches = [_Batch(problem, 1, clock)]
    spent = batches[0].run()
    while spent < _MOST_SECONDS and 2 * batches[-1].size <= min(most, _MOST):
        try:
            batches.append(_Batch(problem, 2 * batches[-1].size, clock))
        except torch.OutOfMemoryError:
            break
        for _ in range(_REPEATS):
            spent += sum(one.run() for one in batches[-2:])
            if spent > _MOST_SECONDS:
                break
        seconds = {one.size: one.seconds for one in batches}
        if batches[-1].seconds > most_seconds or 4 * best_of(seconds, most_seconds) <= batches[-1].size:
            break
    return {one.size: one.seconds for one in batches}


class _Batch:
    """A batch of one size. One prediction is timed for all steps of its trajectory, and what comes at their end.

    Making one runs it untimed: a size is slow at first.
    """

    def __init__(self, problem: Problem, size: int, clock: Callable[[], float]) -> None:
        self.size, self._problem, self._clock = size, problem, clock
        self._latent = problem.sampler.start(problem.draw_noise(size)[:, 0])
        self._predict = self._end = math.inf
        self.run()
        self._predict = self._end = math.inf

    @property
    def seconds(self) -> float:
        """Of the whole batch, the least of what was timed."""
        return self._problem.sampler.steps * self._predict + self._end

    def run(self) -> float:
        """Time it once more; returns how long that took."""
        sampler, start = self._problem.sampler, self._clock()
        prediction = sampler.predict(self._latent, 0)
        predicted = self._clock()
        self._problem.reward(sampler.decode(prediction.x0))
        ended = self._clock()
        self._predict, self._end = min(self._predict, predicted - start), min(self._end, ended - predicted)
        return ended - start


def _pays(seconds: Mapping[int, float], size: int, larger: int) -> bool:
    """Whether a larger batch gains a tenth in throughput with each doubling that it is away."""
    times = larger // size
    return larger in seconds and times * seconds[size] >= _GAIN ** math.log2(times) * seconds[larger]


def _cost(model: Model, budget: Budget) -> int:
    """What one plain sample takes of a counted budget."""
    return model.steps * model.evals_per_prediction if budget.unit == "denoiser_evals" else 1
