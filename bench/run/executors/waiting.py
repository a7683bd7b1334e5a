"""Cells that wait for a process."""

from collections.abc import Sequence

from bench.run.executors.work import groups
from bench.suite.cell import Cell


class Waiting:
    """Cells that wait, model by model, so that a process loads another model as seldom as it can."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._groups = groups(cells)

    def next(self, last: list[Cell]) -> tuple[Cell | None, list[Cell]]:
        """A cell of the group `last`, else of the one with most left; None at the end. And the group that it is of."""
        group = last or max(self._groups, key=len, default=[])
        return (group.pop(0) if group else None), group
