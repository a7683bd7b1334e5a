"""Who leads while a run goes on: a first impression, for the eye; tables say what may be concluded."""

from collections.abc import Sequence
from statistics import fmean

from bench.suite.budget import budget_text
from bench.suite.cell import Cell

_Place = tuple[str, int]


class Standing:
    """The methods of each task by the reward of the cells that have ended, on what all of them have come to.

    Args:
        cells: that are to be run; those of one model, reward and budget are a task.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._rewards: dict[str, dict[str, dict[_Place, float]]] = {}
        several = len({cell.model for cell in cells}) > 1
        self._name = {cell.id: _task(cell, several) for cell in cells}
        for cell in cells:
            self._rewards.setdefault(self._name[cell.id], {})[cell.method] = {}

    def end(self, cell: Cell, reward: float) -> None:
        """A cell has ended with a reward."""
        self._rewards[self._name[cell.id]][cell.method][cell.prompt, cell.seed] = reward

    def lines(self) -> list[str]:
        """A line for each task of which two methods can be compared: the two that have most."""
        return [line for task, methods in self._rewards.items() if (line := _line(task, methods))]


def _task(cell: Cell, several_models: bool) -> str:
    name = f"{cell.reward} at {budget_text(cell.budget.amount, cell.budget.unit)}"
    return f"{cell.model}, {name}" if several_models else name


def _line(task: str, methods: dict[str, dict[_Place, float]]) -> str:
    """Empty where there are no two methods with a cell in common."""
    begun = {name: rewards for name, rewards in methods.items() if rewards}
    common = set.intersection(*map(set, begun.values())) if len(begun) > 1 else set()
    if not common:
        return ""
    means = {name: fmean(rewards[one] for one in common) for name, rewards in begun.items()}
    first, second, *_ = sorted(means, key=lambda name: -means[name])
    prompts = len({prompt for prompt, _ in common})
    return (
        f"{task}: {first} {means[first]:.3f}, then {second} {means[second]:.3f} ({prompts} prompt{'s' * (prompts > 1)})"
    )
