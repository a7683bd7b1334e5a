"""One cell: pulls a method's generator until the budget is spent, and writes down what it yields.

The clock runs between two yields only. A result at budget T is the incumbent of the last yield at or before T: what a
method offers after its budget is never credited, and how far it overshot is recorded.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from bench.problem import Candidates, Meter, Problem
from bench.problem.seeding import draw_noise, stream
from bench.run.clock import Ledger, device_clock
from bench.run.loaded import Loaded
from bench.run.measure import Result, measure
from bench.run.memory import peak_mb, reset_peak
from bench.run.provenance import ran_with
from bench.store.folder import CellStore
from bench.suite.cell import Cell

Watch = Callable[[Mapping[str, float]], None]
"""Called with each event, off the clock."""

_WARM_UP_PROMPT = "cat"


class MethodError(Exception):
    """A method broke its contract."""


@dataclass
class Progress:
    """Where a cell stands.

    Attributes:
        ledger: owns the clock.
        meter: counts what the method asks for.
        credited: seconds and counters at the last credited yield.
        step: yields credited so far.
        best: the incumbent.
        last_reward: the best reward of the last credited yield.
    """

    ledger: Ledger
    meter: Meter = field(default_factory=Meter)
    credited: dict[str, float] = field(default_factory=dict)
    step: int = 0
    best: Result | None = None
    last_reward: float = math.nan

    def __post_init__(self) -> None:
        self.credited = self.spent()

    def spent(self) -> dict[str, float]:
        """Method seconds and counters until now."""
        return {"seconds": self.ledger.booked["method"], **self.meter.counts()}


def run_cell(cell: Cell, loaded: Loaded, store: CellStore, watch: Watch) -> None:
    """Run one cell from its beginning to `done.json`.

    Raises:
        Exception: whatever the method, model or reward raises; the caller decides what becomes of it.
    """
    ledger = Ledger(device_clock(loaded.device))
    start = ledger.clock()
    store.begin(cell)
    loaded.load(cell)
    ledger.switch("warm_up")
    _warm_up(cell, loaded)
    ledger.switch("setup")
    reset_peak(loaded.device)
    progress = Progress(ledger)
    problem = _problem(cell, loaded, progress.meter, cell.prompt, cell.seed)
    overshoot = _drive(cell.create_method().run(problem), cell, loaded, store, progress, watch)
    summary = {"steps": progress.step, "overshoot": overshoot, "peak_memory_mb": peak_mb(loaded.device)}
    ledger.switch("logging")
    spent = {**progress.spent(), "ledger": ledger.booked, "wall": ledger.clock() - start}
    store.finish(summary | spent | ran_with(cell, loaded.device, getattr(loaded.model, "chosen", {})))


def _drive(
    candidates: Iterator[Candidates], cell: Cell, loaded: Loaded, store: CellStore, progress: Progress, watch: Watch
) -> float:
    """Pull until the budget is spent or the method has nothing left; returns how far the last pull overshot."""
    marks = deque(cell.budget.amount * fraction for fraction in cell.checkpoints)
    while True:
        progress.ledger.switch("method")
        offered = next(candidates, None)
        progress.ledger.switch("logging")
        spent = math.inf if offered is None else cell.budget.spent(progress.spent()["seconds"], progress.meter)
        if offered is None and progress.step == 0:
            raise MethodError(f"method {cell.method!r} yielded nothing")
        while marks and marks[0] < spent:
            _checkpoint(marks.popleft(), cell, loaded, store, progress)
        if offered is None or spent > cell.budget.amount:
            return 0.0 if offered is None else spent - cell.budget.amount
        event = _credit(offered, cell.method_facts.selects, progress)
        store.append("events", event)
        watch(event)


def _credit(offered: Candidates, selects: bool, progress: Progress) -> dict[str, float]:
    """Make the best of what was offered the incumbent if it beats it, or if the method does not select."""
    rewards = _checked(offered)
    index = int(rewards.argmax())
    reward = progress.last_reward = float(rewards[index])
    if progress.best is None or not selects or reward > progress.best.reward:
        sample, noise = offered.samples[index], offered.noise[index]
        progress.best = Result(reward, sample.detach().clone(), noise.detach().clone())
    progress.credited = progress.spent()
    mean = float(rewards.double().mean())
    event = {"step": progress.step, **progress.credited, "current_reward": reward, "mean_reward": mean}
    progress.step += 1
    return {**event, "best_reward": progress.best.reward, **offered.info}


def _checked(offered: Candidates) -> Tensor:
    if not isinstance(offered, Candidates):
        raise MethodError(f"a method yields Candidates, not {type(offered).__name__}")
    rewards, n = offered.rewards, len(offered.samples)
    if n == 0 or rewards.shape != (n,) or len(offered.noise) != n:
        tensors = {"samples": offered.samples, "rewards": rewards, "noise": offered.noise}
        shapes = ", ".join(f"{name} {tuple(tensor.shape)}" for name, tensor in tensors.items())
        raise MethodError(f"expected n samples, n rewards and n noises with n >= 1, got {shapes}")
    if not bool(torch.isfinite(rewards).all()):
        raise MethodError(f"rewards are not finite: {rewards.tolist()}")
    return rewards


def _checkpoint(mark: float, cell: Cell, loaded: Loaded, store: CellStore, progress: Progress) -> None:
    """Measure the incumbent as the result at budget `mark`, off the clock."""
    progress.ledger.switch("evaluation")
    spent = progress.credited if progress.best else dict.fromkeys(progress.credited)  # nothing was had for it yet
    row: dict[str, Any] = {"budget": mark, "budget_unit": cell.budget.unit, **spent}
    row["last_reward"] = progress.last_reward if progress.best else None
    store.append("checkpoints", row | measure(progress.best, cell, loaded, store, name=f"{mark:g}"))
    progress.ledger.switch("logging")


def _warm_up(cell: Cell, loaded: Loaded) -> None:
    """Two steps of the method, untimed, on a prompt and noise of no cell: imports, caches, kernels."""
    key = f"{cell.model} {cell.reward} {cell.method}"
    if key in loaded.warm:
        return
    problem = _problem(cell, loaded, Meter(), _WARM_UP_PROMPT, seed=-1)
    for _ in islice(cell.create_method().run(problem), 2):
        pass
    loaded.warm.add(key)


def _problem(cell: Cell, loaded: Loaded, meter: Meter, prompt: str, seed: int) -> Problem:
    return Problem(
        model=loaded.model,
        reward=loaded.reward,
        prompt=prompt,
        meter=meter,
        generator=stream("method", seed, cell.model, prompt, cell.method, device=loaded.device),
        noise_at=lambda index, shape: draw_noise(seed, cell.model, prompt, index, shape),
    )
