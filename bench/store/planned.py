"""The plan of a run as its folder keeps it: one line a planned cell, so that nothing downstream guesses it again."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.store.files import DamagedError, read_whole_jsonl
from bench.suite.budget import Unit
from bench.suite.cell import Cell
from bench.suite.suite import Suite

PLAN = "plan.jsonl"


@dataclass(frozen=True)
class PlannedCell:
    """What tables need to know of a cell, whether or not it has run.

    Attributes:
        cell: the name of its folder.
        model, method, prompt, reward, seed: its labels.
        budget, budget_unit: what it may spend.
        checkpoints: fractions of the budget at which its results are measured, ascending, the last one 1.
    """

    cell: str
    model: str
    method: str
    prompt: str
    reward: str
    seed: int
    budget: float
    budget_unit: Unit
    checkpoints: tuple[float, ...]

    @property
    def place(self) -> tuple[object, ...]:
        """Where it stands in tables: two cells of a run cannot stand in one place."""
        return (self.model, self.method, self.prompt, self.reward, self.seed, self.budget, self.budget_unit)

    @classmethod
    def of(cls, cell: Cell) -> "PlannedCell":
        """The plan of `cell`."""
        labels = (cell.model, cell.method, cell.prompt, cell.reward, cell.seed)
        return cls(cell.id, *labels, cell.budget.amount, cell.budget.unit, cell.checkpoints)


def plan_of(suite: Suite) -> list[PlannedCell]:
    """The planned cells of a suite."""
    return [PlannedCell.of(cell) for cell in suite.planned()]


def plan_text(cells: Iterable[PlannedCell]) -> str:
    """The plan of a run as `plan.jsonl` holds it, in the order in which cells run."""
    return "".join(f"{json.dumps(asdict(one))}\n" for one in cells)


def read_plan(run: Path) -> list[PlannedCell]:
    """The planned cells of a run, in the order in which they run.

    Raises:
        DamagedError: `plan.jsonl` is gone, or a line of it is no planned cell.
    """
    path = run / PLAN
    try:
        now = path.stat()
    except FileNotFoundError:
        raise DamagedError(f"{path} is gone") from None
    return list(_read(path, (now.st_ino, now.st_mtime_ns, now.st_size)))


@lru_cache(maxsize=4)
def _read(path: Path, _version: tuple[int, int, int]) -> tuple[PlannedCell, ...]:
    """Kept as long as the file is the same: a command asks for the plan time and again, and it may be 60,000 lines."""
    try:
        return tuple(_planned(**row) for row in read_whole_jsonl(path))
    except (TypeError, ValueError):
        raise DamagedError(f"{path} holds something else than planned cells") from None


def _planned(*, checkpoints: list[float], **fields: Any) -> PlannedCell:  # noqa: ANN401 - of JSON
    planned = PlannedCell(**fields, checkpoints=tuple(checkpoints))
    if Path(planned.cell).name != planned.cell or planned.cell == "..":
        raise ValueError("a cell lies in the run folder")
    return planned
