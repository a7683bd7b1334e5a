"""One cell: pulls a method's generator until the budget is spent, and writes down what it yields.

The clock runs between two yields only. A result at budget T is the incumbent of the last yield at or before T: what a
method offers after its budget is never credited, and how far it overshot is recorded.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

from bench.errors import Interrupted
from bench.problem import Candidates, Meter, MethodError, Problem
from bench.run.best_batch import AskedBatch
from bench.run.captures import captures_booked
from bench.run.clock import Ledger, device_clock
from bench.run.clocked import ClockedMethod
from bench.run.incumbent import Incumbent, Result, logged_info
from bench.run.loaded import Loaded, replay_of
from bench.run.machine import Machine
from bench.run.measure import measure
from bench.run.memory import PeakMemory
from bench.run.offers import Expected, check_claim
from bench.run.processor import ProcessorTime
from bench.run.provenance import ran_with
from bench.run.surroundings import EVERYTHING, NUMBERS, as_they_were, put_back, read_all
from bench.run.warm_up import problem_of, warm_up
from bench.store.folder import CellStore
from bench.suite.cell import Cell

Watch = Callable[[Mapping[str, float]], None]
"""Called with each event, off the clock."""


def run_cell(cell: Cell, loaded: Loaded, store: CellStore, watch: Watch) -> None:
    """Run one cell from its beginning to `done.json`.

    Checkpoints that were passed before a failure stay in the store.

    Raises:
        Exception: whatever the method, model or reward raises; the caller decides what becomes of it.
    """
    loaded.pulse.begin(cell.budget, loaded.device)
    ledger = Ledger(device_clock(loaded.device), beat=loaded.pulse.beat)
    start = ledger.clock()
    store.begin(cell)
    with put_back(NUMBERS):
        loaded.load(cell)
    ledger.switch("warm_up")
    with put_back(EVERYTHING):
        warm = warm_up(cell, loaded, ledger.clock)
    loaded.pulse.expect(warm.seconds)
    ledger.switch("setup")
    meter, asked_batch = Meter(), AskedBatch(cell, loaded, ledger)
    problem = problem_of(cell, loaded, meter, cell.prompt, cell.seed, asked_batch)
    problem.noise.draw_ahead(warm.draws)
    machine = Machine(loaded, cell.prompt, ledger)
    run = _Run(cell, loaded, store, watch, ledger, meter, problem, machine.processor)
    with machine.watch(), captures_booked(loaded, ledger), _weights_kept(cell, loaded, store):
        run.pull_until_spent()
    ledger.switch("logging")
    spent = {**run.summary(), "best_batch": asked_batch.size, "machine": machine.figures()}
    spent |= {"ledger": ledger.booked, "wall": ledger.clock() - start}
    store.finish(spent | ran_with(cell, loaded.device, getattr(loaded.model, "chosen", {})))


@contextmanager
def _weights_kept(cell: Cell, loaded: Loaded, store: CellStore) -> Iterator[None]:
    """Fail a cell whose method has written into what others are judged by.

    Raises:
        MethodError: names the networks; they are loaded again for the next cell.
    """
    try:
        yield
    finally:
        if changed := loaded.weights_changed():
            store.close()
            store.begin(cell)  # nobody knows which checkpoints came before that
            raise MethodError(f"method {cell.method!r} changed the weights of {', '.join(changed)}")


class _Run:
    """A method on its problem, from the first pull to the last checkpoint."""

    def __init__(
        self,
        cell: Cell,
        loaded: Loaded,
        store: CellStore,
        watch: Watch,
        ledger: Ledger,
        meter: Meter,
        problem: Problem,
        processor: ProcessorTime,
    ) -> None:
        self._cell, self._loaded, self._store, self._watch = cell, loaded, store, watch
        self._ledger, self._meter, self._problem, self._processor = ledger, meter, problem, processor
        self._marks = deque(map(cell.budget.at, cell.checkpoints))
        self._replay = replay_of(loaded.model)
        if self._replay is not None:
            self._replay.forget_use()  # the warm-up is no part of what this cell runs: another may have made it
        self._memory = PeakMemory(loaded.device, self._replay)
        self._incumbent = Incumbent(cell.method_facts.selects, self._counts())
        self._agreed: Result | None = None
        own_sampling = cell.method_facts.own_sampling
        self._expected = Expected(cell.method, loaded.sample_shape, problem.noise_shape, own_sampling)

    def pull_until_spent(self) -> None:
        """Pull until the budget is spent or the method has nothing left; then measure what is left to measure."""
        self._before = read_all()
        generator = self._cell.create_method().run(self._problem)
        with self._memory.watch():
            with (
                put_back(EVERYTHING, self._note_changed),
                closing(ClockedMethod(self._cell.method, generator, self._ledger)) as method,
            ):
                self._pull_all(method)
            self._measure_marks_before(math.inf)

    def _pull_all(self, method: ClockedMethod) -> None:
        left: float | None = None
        while left is None or left > 0:
            try:
                offered = self._pull(method, left)
            except StopIteration:
                self._require_an_offer()
                break
            left = self._take(offered)

    def summary(self) -> dict[str, Any]:
        """What the cell came to; `steps` is 0 if it scored nothing."""
        overshoot = max(0.0, self._spent() - self._cell.budget.amount)
        return {
            "steps": self._incumbent.step,
            "overshoot": overshoot,
            "peak_memory_mb": self._memory.mb,
            "compile_seconds": self._replay.compile_seconds if self._replay is not None else None,
            **self._counts(),
        }

    def _pull(self, method: ClockedMethod, left: float | None) -> Candidates | None:
        """The method's next yield; if it fails, checkpoints that it had passed before are measured all the same."""
        try:
            return method.pull(left)
        except (StopIteration, Interrupted):
            raise
        except BaseException:
            with suppress(Exception):  # the method's own error is the one to tell
                self._measure_marks_before(self._spent())
            raise

    def _take(self, offered: Candidates | None) -> float:
        """Credit an offer within the budget; returns the share of the budget that is left, at most 0 if none is."""
        spent = self._spent()
        self._measure_marks_before(spent)
        if offered is not None and spent <= self._cell.budget.amount:
            self._credit(offered)
        if spent < self._cell.budget.amount:
            self._problem.noise.draw_ahead()
        return 1 - spent / self._cell.budget.amount

    def _credit(self, offered: Candidates) -> None:
        self._expected.check(offered)
        event = self._incumbent.credit(offered, self._counts())
        event |= logged_info(offered.info, self._note_info)
        self._store.append("events", event)
        self._watch(event)

    def _measure_marks_before(self, spent: float) -> None:
        """Measure the incumbent, off the clock, as the result at each checkpoint that has been passed."""
        if not self._marks or self._marks[0] >= spent:
            return
        self._ledger.switch("evaluation")
        while self._marks and self._marks[0] < spent:
            with self._memory.leave_out(), self._processor.leave_out(), as_they_were(self._before):
                self._measure(self._marks.popleft())
        self._ledger.switch("logging")

    def _measure(self, mark: float) -> None:
        now = self._incumbent
        if now.best is not None and now.best is not self._agreed:
            check_claim(now.best, self._cell, self._loaded)
            self._agreed = now.best
        spent = now.spent if now.best else dict.fromkeys(now.spent)  # nothing was had for it yet
        row: dict[str, Any] = {"budget": mark, "budget_unit": self._cell.budget.unit, **spent}
        row["last_reward"] = now.last_reward
        row |= measure(now.best, self._cell, self._loaded, self._store, name=f"{mark:.12g}")
        self._store.append("checkpoints", row)

    def _spent(self) -> float:
        """How much of the budget's unit has been used."""
        return self._cell.budget.spent(self._ledger.booked["method"], self._meter)

    def _counts(self) -> dict[str, float]:
        return {"seconds": self._ledger.booked["method"], **self._meter.counts()}

    def _require_an_offer(self) -> None:
        if self._incumbent.step == 0:
            raise MethodError(f"method {self._cell.method!r} yielded nothing")

    def _note_changed(self, name: str) -> None:
        what = f"method {self._cell.method!r} on reward {self._cell.reward!r} changed the {name}"
        self._loaded.note_once(what, f"{what}, which was put back")

    def _note_info(self, name: str) -> None:
        what = f"info {name} of method {self._cell.method!r}"
        self._loaded.note_once(what, f"{what} is dropped where it is no finite number under a printable name")
