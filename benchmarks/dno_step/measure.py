"""The rows of one family, measured in this process."""

import gc
import math
import os
import statistics
from collections.abc import Generator, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, NamedTuple

import torch
from torch import Tensor

from bench.models.latent import LatentModel
from bench.problem import Problem, seeded_problem
from bench.registry import METHODS, REWARDS
from bench.run.clock import device_clock
from bench.run.provenance import device_name
from bench.run.replayed_reward import replayed
from benchmarks.dno_step.families import PROMPT, Family
from benchmarks.dno_step.gradients import distance, gradient, in_full_precision
from benchmarks.dno_step.official import OfficialLoop
from benchmarks.dno_step.turns import in_turns
from benchmarks.dno_step.ways import Task, ways
from benchmarks.dno_step.work import matrix_rate, step_operations
from benchmarks.peak import Peak

_REWARD = "darkness"
TERA = 1e12
Row = dict[str, Any]


class Ready(NamedTuple):
    """A model that is run one way, and what is known of it: columns of its rows."""

    model: LatentModel
    facts: Row


class Bench:
    """Measures a family on its device.

    Args:
        family: what is measured.
        repeats: timed steps of each task; None for as many as each way has by default.
        reference: whether to compare with float32, and to count the operations of a step; not every model fits.
    """

    def __init__(self, family: Family, repeats: int | None, reference: bool = True) -> None:
        self._family, self._repeats, self._device = family, repeats, family.device
        self._now, self._ways = device_clock(family.device), ways(family.device)
        self._ready: dict[str, Ready] = {}
        self._peaks: dict[Task, Peak] = {}
        self._reward = REWARDS.get(_REWARD).create({})
        self._rate = matrix_rate(self._device)
        self._gradient: Tensor | None = None
        self._operations = math.nan
        if reference:
            self._gradient, self._operations = self._measured_in_float32()

    def _measured_in_float32(self) -> tuple[Tensor, float]:
        plain = self._family.official()
        condition = plain.encode(PROMPT)
        with in_full_precision():
            return gradient(plain, condition), step_operations(plain, condition)

    def rows(self, group: list[Task]) -> Iterator[Row]:
        """Measure tasks in turns; a row each, also of those that fail."""
        self._keep({task.way for task in group})
        runs = {task: self._run(task) for task in group}
        warm_up, repeats = self._counts(group)
        measured = in_turns({task: run.__next__ for task, run in runs.items()}, warm_up, repeats, self._now)
        for run in runs.values():
            run.close()
        for task, seconds in measured.items():
            yield {**self._row(task, seconds), "repeats": repeats}

    def _counts(self, group: list[Task]) -> tuple[int, int]:
        """Steps of warm-up and timed ones: those that take turns make equally many."""
        there = [self._ways[task.way] for task in group]
        repeats = self._repeats or max((way.repeats for way in there), default=1)
        return max((way.warm_up for way in there), default=0), repeats

    def _run(self, task: Task) -> Generator[object]:
        """One step each time it is pulled; the first pull makes the model ready. Closed, it has a peak of memory."""
        model = self._prepared(task.way).model
        peak = self._peaks[task] = Peak(self._device, model.replay)
        with peak.watch():
            yield from self._steps(task, model)

    def _steps(self, task: Task, model: LatentModel) -> Iterator[object]:
        problem = self._problem(model, task.method)
        if self._ways[task.way].official:
            loop = self._loop(model, problem, task)
            while True:
                yield loop.step()
        options = {"batch_size": task.batch} if task.method == "best-of-n" else {}
        yield from METHODS.get(task.method).create(options).run(problem)

    def _loop(self, model: LatentModel, problem: Problem, task: Task) -> OfficialLoop:
        condition, noise = model.encode(PROMPT), problem.draw_noise(1)[0]
        autocast, gamma = self._ways[task.way].autocast, METHODS.get(task.method).create({}).gamma
        return OfficialLoop(
            model, condition, self._reward, noise, autocast=autocast, gamma=gamma, generator=problem.generator
        )

    def _problem(self, model: LatentModel, method: str) -> Problem:
        own, replay = self._reward, model.replay
        reward = own if replay is None else replayed(_REWARD, own, replay)  # as a run has it
        return seeded_problem(model, reward, PROMPT, 0, model_name=self._family.name, method_name=method)

    def _prepared(self, name: str) -> Ready:
        if name not in self._ready:
            self._ready[name] = self._prepare(name)
        return self._ready[name]

    def _prepare(self, name: str) -> Ready:
        way, start = self._ways[name], self._now()
        model = self._family.official() if way.official else self._family.ours(way.replay)
        facts: Row = {"autocast": str(way.autocast).removeprefix("torch.") if way.autocast else None}
        if self._gradient is not None:
            facts |= distance(gradient(model, model.encode(PROMPT), way.autocast), self._gradient)._asdict()
        return Ready(model, {**facts, "prepare_seconds": self._now() - start})

    def _row(self, task: Task, seconds: list[float] | str) -> Row:
        row: Row = {"family": self._family.name, **asdict(task), **self._where()}
        if ready := self._ready.get(task.way):
            model = ready.model
            compiling = {"compile_seconds": model.replay.compile_seconds if model.replay else None}
            row |= {**ready.facts, **compiling, **model.chosen}
        return {**row, **self._figures(task, seconds)}

    def _figures(self, task: Task, seconds: list[float] | str) -> Row:
        if isinstance(seconds, str):
            return {"note": seconds}
        middle = statistics.median(seconds)
        found = {"seconds": middle, "slowest_seconds": max(seconds), "peak_gib": self._peaks[task].gib}
        if task.method == "best-of-n":
            return {**found, "images_per_second": task.batch / middle}
        work = {"matrix_tflops": self._rate / TERA, "step_tflop": self._operations / TERA}
        return {**found, **work, "matrix_share": self._operations / middle / self._rate}

    def _where(self) -> Row:
        versions = {package: version(package) for package in ("torch", "diffusers")}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        here: Row = {
            "steps": self._family.spec.steps,
            "device": device_name(self._device),
            "threads": torch.get_num_threads(),
            "load": os.getloadavg()[0],
        }
        return {**here, **versions, "date": now}

    def _keep(self, names: set[str]) -> None:
        """Let go of models that are not run any more, so that no other way's memory is counted."""
        self._ready = {name: ready for name, ready in self._ready.items() if name in names}
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
