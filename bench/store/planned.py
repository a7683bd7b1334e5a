"""The plan of a run as its folder keeps it: one line a planned cell, so that nothing downstream guesses it again."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.store.files import read_jsonl, write_atomically
from bench.suite.budget import Unit
from bench.suite.cell import Cell

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

    @classmethod
    def of(cls, cell: Cell) -> "PlannedCell":
        """The plan of `cell`."""
        labels = (cell.model, cell.method, cell.prompt, cell.reward, cell.seed)
        return cls(cell.id, *labels, cell.budget.amount, cell.budget.unit, cell.checkpoints)


def write_plan(run: Path, cells: Iterable[Cell]) -> None:
    """Write the plan of a run into its folder, in the order in which cells run."""
    lines = [json.dumps(asdict(PlannedCell.of(cell))) for cell in cells]
    write_atomically(run / PLAN, "".join(f"{line}\n" for line in lines))


def read_plan(run: Path) -> list[PlannedCell]:
    """The planned cells of a run, in the order in which they run."""
    return [PlannedCell(**{**row, "checkpoints": tuple(row["checkpoints"])}) for row in read_jsonl(run / PLAN)]
