"""Who leads while a run goes on: a first impression, for the eye; tables say what may be concluded."""

from collections import defaultdict
from collections.abc import Sequence

from bench.suite.budget import budget_text
from bench.suite.cell import Cell

_Place = tuple[str, int]


class Standing:
    """The methods of each task by the reward of the cells that have ended, on what all of them have come to.

    As in tables, a method without a score there is not ranked. The end of a cell costs the same however many have ended
    before: a run may have 60,000.

    Args:
        cells: that are to be run; those of one model, reward and budget are a task.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        several = len({cell.model for cell in cells}) > 1
        self._tasks: dict[str, _Task] = {}
        for cell in cells:
            task = self._tasks.setdefault(_key(cell), _Task(_title(cell, several)))
            task.methods.add(cell.method)

    def end(self, cell: Cell, reward: float | None) -> str:
        """A cell has ended; what its reward makes of its task in a line, "" if nothing new can be said."""
        task = self._tasks[_key(cell)]
        return task.line() if task.end(cell, reward) else ""

    def lines(self) -> list[str]:
        """A line for each task of which two methods can be compared: the two that have most."""
        return [line for task in self._tasks.values() if (line := task.line())]


class _Task:
    """Rewards over the prompts and seeds that all methods have come to."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.methods: set[str] = set()
        self._open: dict[_Place, dict[str, float | None]] = defaultdict(dict)
        self._sums: dict[str, float | None] = defaultdict(float)
        self._prompts: set[str] = set()
        self._places = 0

    def end(self, cell: Cell, reward: float | None) -> bool:
        """Take in a reward, if there is one; whether its cell was the last of its prompt and seed."""
        place = cell.prompt, cell.seed
        self._open[place][cell.method] = reward
        if len(self._open[place]) < len(self.methods):
            return False
        for method, value in self._open.pop(place).items():
            before = self._sums[method]
            self._sums[method] = None if before is None or value is None else before + value
        self._places += 1
        self._prompts.add(cell.prompt)
        return True

    def line(self) -> str:
        """Empty where there are no two methods to compare."""
        ranked = sorted((-total, name) for name, total in self._sums.items() if total is not None)
        if len(ranked) < 2:
            return ""
        (first, second) = (f"{name} {-total / self._places:.3f}" for total, name in ranked[:2])
        figures = f"{first}, then {second}"
        prompts = len(self._prompts)
        return f"{self.title}: {figures} ({prompts} prompt{'s' * (prompts > 1)})"


def _key(cell: Cell) -> str:
    return f"{cell.model} {cell.reward} {cell.budget}"


def _title(cell: Cell, several_models: bool) -> str:
    name = f"{cell.reward} at {budget_text(cell.budget.amount, cell.budget.unit)}"
    return f"{cell.model}, {name}" if several_models else name
