"""Every column of the store once: what it is called, what people read, its unit, and which way is better."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column of `scores` or `curves`.

    Attributes:
        name: in the tables.
        label: for people, on axes and in heads.
        unit: where the label does not say it.
        direction: 1 if higher is better, -1 if lower is, 0 if neither.
        text: whether it holds words; all others hold numbers.
    """

    name: str
    label: str
    unit: str = ""
    direction: int = 0
    text: bool = False

    @property
    def title(self) -> str:
        """The label with its unit, as in `peak memory (MB)`."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


COLUMNS = {
    column.name: column
    for column in (
        Column("run", "run", text=True),
        Column("cell", "cell", text=True),
        Column("model", "model", text=True),
        Column("method", "method", text=True),
        Column("prompt", "prompt", text=True),
        Column("reward", "reward", text=True),
        Column("task_budget", "whole budget", text=True),
        Column("seed", "seed"),
        Column("step", "yield"),
        Column("budget_unit", "unit of the budget", text=True),
        Column("budget", "budget"),
        Column("best_reward", "best reward so far", direction=1),
        Column("last_reward", "last reward", direction=1),
        Column("current_reward", "reward of the yield", direction=1),
        Column("mean_reward", "mean reward of the yield", direction=1),
        Column("seconds", "method seconds"),
        Column("denoiser_evals", "denoiser evaluations"),
        Column("backward_evals", "backward evaluations"),
        Column("decodes", "decodes"),
        Column("reward_calls", "reward calls"),
        Column("peak_memory_mb", "peak memory", "MB"),
        Column("best_batch", "fastest batch"),
        Column("compile_seconds", "seconds to compile what it ran"),
        Column("status", "status", text=True),
        Column("image", "image", text=True),
        Column("pace", "ran on", text=True),
        Column("device_busy", "device busy"),
        Column("sm_busy", "SMs busy"),
        Column("energy_joules", "energy", "J"),
        Column("cpu_seconds", "processor seconds"),
        Column("cpu_share", "share of the processor"),
        Column("step_seconds", "reference step", "s"),
        Column("step_speed", "speed of the reference step"),
        Column("contended", "contended"),
    )
}

KEYS = ["run", "cell", "model", "method", "prompt", "reward", "task_budget", "seed"]
"""Which cell a row is of; `task_budget` is all that the cell may spend, as in `30s` or `500nfe`."""
COUNTERS = ["seconds", "denoiser_evals", "backward_evals", "decodes", "reward_calls"]
"""What had been spent by the moment that a row speaks of."""
GPU = ["device_busy", "sm_busy", "energy_joules"]
"""What NVML tells of a GPU, over method time."""
MACHINE = ["pace", *GPU, "cpu_seconds", "cpu_share", "step_seconds"]
"""On what a whole cell ran, and how much of it was its own."""
CURVES = [*KEYS, "step", *COUNTERS, "current_reward", "mean_reward", "best_reward"]
SCORES = [
    *KEYS, "budget_unit", "budget", "best_reward", "last_reward", *COUNTERS, "peak_memory_mb", "best_batch",
    "compile_seconds", "status", "image", *MACHINE, "step_speed", "contended",
]  # fmt: skip
PEAK, COMPILE = "peak_memory_mb", "compile_seconds"

TASK = ["model", "reward", "task_budget"]
"""What methods are compared on: cells of another whole budget are another task."""
POINT = [*TASK, "budget_unit", "budget"]
"""A task at a checkpoint's budget, in the unit of the task."""
GROUP = [*POINT, "method"]
PAIR = ["prompt", "seed"]
BASELINE = "base"
"""The method that others are measured against, and whose value a cell without a score takes."""
