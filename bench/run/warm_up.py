"""Before the clock runs: a method once on noise of no cell, so that imports, caches and kernels cost nobody time."""

import json
import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from bench.errors import Interrupted, one_line
from bench.problem import Meter, Problem, seeded_problem
from bench.problem.breaches import checked_run
from bench.registry import METHODS, MODELS
from bench.run.best_batch import find_best_batch
from bench.run.loaded import Loaded
from bench.suite.budget import budget_text
from bench.suite.cell import Cell, plugin

_SEED = -1  # of no cell
_OFFERS = 2  # the second also holds an update


@dataclass(frozen=True)
class WarmUp:
    """What it showed.

    Attributes:
        first_offer: how much of the budget's unit the first offer needs; infinite if it needs more than the budget.
        draws: how many noises the method draws at once, at first.
        seconds: that the whole budget would take at its pace; 0 where it spent nothing of it.
    """

    first_offer: float
    draws: int
    seconds: float


def warm_up(cell: Cell, loaded: Loaded, clock: Callable[[], float]) -> WarmUp:
    """Warm up what `cell` needs, once a process and model; say so if its budget is too small for a first offer."""
    first_mark = cell.budget.at(cell.checkpoints[0])
    of_method = [cell.reward, cell.reward_options, cell.method, cell.method_options]
    key = json.dumps([*of_method, cell.budget.amount, cell.budget.unit, first_mark])
    if key not in loaded.warm:
        loaded.warm[key] = _warm_up(cell, loaded, clock, first_mark)
    found: WarmUp = loaded.warm[key]
    if found.first_offer > first_mark:
        loaded.note_once(
            f"first offer {cell.model} {cell.reward} {cell.method} {cell.budget}", _too_little(cell, found.first_offer)
        )
    return found


def problem_of(
    cell: Cell, loaded: Loaded, meter: Meter, prompt: str, seed: int, best_batch: Callable[[], int]
) -> Problem:
    """The problem of a cell; its random streams follow from what model and method are, not from their labels."""
    return seeded_problem(
        loaded.model,
        loaded.reward,
        prompt,
        seed,
        model_name=plugin(MODELS, cell.model, cell.model_options).name,
        method_name=plugin(METHODS, cell.method, cell.method_options).name,
        reward_name=cell.reward,
        meter=meter,
        best_batch=best_batch,
    )


def _warm_up(cell: Cell, loaded: Loaded, clock: Callable[[], float], first_mark: float) -> WarmUp:
    try:
        found = _pull(cell, loaded, clock, _OFFERS)
        if found.first_offer > first_mark and cell.budget.unit == "seconds":
            found = _pull(cell, loaded, clock, 1)  # timed again: the first was cold
    except Interrupted:
        raise
    except BaseException as error:  # what fails here fails again where it counts, with what was reached before
        what = f"{cell.method!r} on {cell.model!r} for {cell.reward!r}"
        why = f"the warm-up of {what} failed, its first cell may be slower: {one_line(error)}"
        loaded.note_once(f"warm-up {what}", why)
        return WarmUp(first_offer=0.0, draws=1, seconds=0.0)
    return found


def _pull(cell: Cell, loaded: Loaded, clock: Callable[[], float], offers: int) -> WarmUp:
    """Pull the method until it has made so many offers, or looks up with its budget spent."""
    meter = Meter()
    best_batch = partial(find_best_batch, cell, loaded, clock)
    problem = problem_of(cell, loaded, meter, cell.prompt, _SEED, best_batch)
    start, first, made, spent, sent = clock(), math.inf, 0, 0.0, None
    with closing(checked_run(cell.create_method().run(problem), cell.method)) as run:
        while made < offers:
            try:
                offered = run.send(sent)
            except StopIteration:
                break
            loaded.pulse.beat("warm_up")
            spent, sent = cell.budget.spent(clock() - start, meter), 1.0
            if offered is None and spent > cell.budget.amount:
                break
            if offered is not None:
                made, first = made + 1, min(first, spent)
    whole = cell.budget.amount * (clock() - start) / spent if spent else 0.0
    return WarmUp(first, problem.noise.first_count, whole)


def _too_little(cell: Cell, first_offer: float) -> str:
    unit, amount = cell.budget.unit, cell.budget.amount
    needs = f"about {budget_text(float(f'{first_offer:.2g}'), unit)}" if math.isfinite(first_offer) else "more"
    marks = f"the first checkpoint is at {budget_text(cell.budget.at(cell.checkpoints[0]), unit)}"
    return f"method {cell.method!r} needs {needs} for its first yield; {marks}, the budget {budget_text(amount, unit)}"
