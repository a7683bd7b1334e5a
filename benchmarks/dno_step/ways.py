"""The ways in which a step is done, and what is measured of each."""

from dataclasses import dataclass

import torch

from bench.models.replay import Wanted

BATCHES = (1, 2, 4, 8, 16)
METHODS = ("dno", "dno-regularized")


@dataclass(frozen=True)
class Way:
    """One way to do a step.

    Attributes:
        official: the stand-in of the official loop, float32 weights; else ours, in the weights that we load.
        autocast: the type of the arithmetic; None for that of the weights.
        replay: what of our predictions is replayed.
        warm_up: steps before those that are timed: the first of ours only samples, the second holds the first update.
        repeats: steps that are timed.
    """

    official: bool = False
    autocast: torch.dtype | None = None
    replay: Wanted = "off"
    warm_up: int = 2
    repeats: int = 3


ON_GPU = {  # at full size a step that launches kernel by kernel takes ten seconds, and one is like another
    "official": Way(official=True, autocast=torch.float16, warm_up=1, repeats=1),
    "eager": Way(warm_up=1, repeats=1),
    "graphs": Way(replay="graphs"),
    "compiled": Way(replay="compiled"),
}
ON_CPU = {  # float16 has no fast arithmetic there, and there are no graphs
    "official": Way(official=True),
    "official, bf16 autocast": Way(official=True, autocast=torch.bfloat16),
    "eager": Way(),
}


@dataclass(frozen=True)
class Task:
    """What becomes one row: a method, done one way; best-of-n in batches."""

    method: str
    way: str
    batch: int = 1


def ways(device: torch.device) -> dict[str, Way]:
    """The ways that there are on a device, by name."""
    return ON_GPU if device.type == "cuda" else ON_CPU


def groups(device: torch.device) -> list[list[Task]]:
    """The tasks of one family in their order; those of one group take turns.

    On a CPU, so that what else runs there slows all of them alike; on a GPU each is alone, so that peaks of memory can
    be told apart, and what says most comes first: the time may be up before the last, whose compilation takes minutes.
    """
    if device.type == "cpu":
        steps = [[Task(method, way) for way in ON_CPU] for method in METHODS]
        return [*steps, [Task("best-of-n", "eager", batch) for batch in BATCHES]]
    first, second = METHODS
    tasks = [Task(first, way) for way in ("official", "graphs", "compiled", "eager")]
    tasks += [Task(second, way) for way in ("official", "eager", "graphs")]
    tasks += [Task("best-of-n", "graphs", batch) for batch in BATCHES]
    return [[task] for task in (*tasks, Task(second, "compiled"))]
