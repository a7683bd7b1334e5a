"""How a run shows that it lives: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.store.folder import CellStore
from bench.suite.budget import budget_text
from bench.suite.cell import Cell


class Watcher:
    """Is told what happens; shows nothing."""

    def begin(self, cell: Cell) -> None:
        """A cell begins."""

    def event(self, event: Mapping[str, float]) -> None:
        """A method has yielded."""

    def end(self, cell: Cell, outcome: str) -> None:
        """A cell has ended; `outcome` is a line of `outcome_line`."""

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The run is over."""


def make_watcher(console: Console, todo: list[Cell]) -> Watcher:
    """The watcher that fits the console."""
    return LiveBar(console, todo) if console.is_terminal else PlainLines(console, todo)


def outcome_line(cell: Cell, error: str, store: CellStore) -> str:
    """How a cell ended, in one line.

    Args:
        cell: the cell.
        error: why it failed; empty if it is done.
        store: its folder.
    """
    if error:
        return f"FAILED: {error}{'; its earlier result stands' if store.done else ''}"
    done, last = store.read("done"), store.checkpoints()[-1]
    if last["best_reward"] is None:
        budget, spent = cell.budget.amount, cell.budget.amount + done["overshoot"]
        unit = cell.budget.unit
        went_on = budget_text(float(f"{spent:.4g}"), unit)
        return f"nothing scored within {budget_text(budget, unit)}; it went on to {went_on}"
    return f"reward {last['best_reward']:.3f} after {done['steps']} yield{'s' * (done['steps'] != 1)}"


class _Counting(Watcher):
    """Counts cells and foretells the time that is left; names a cell by what not all cells share."""

    def __init__(self, console: Console, todo: list[Cell]) -> None:
        self.console, self.total, self.ended = console, len(todo), 0
        self._several_models = len({cell.model for cell in todo}) > 1
        self._start = time.monotonic()

    def title(self, cell: Cell) -> str:
        """What a line calls the cell."""
        parts = (cell.reward, cell.prompt, f"seed {cell.seed}", cell.method)
        return " | ".join((cell.model, *parts) if self._several_models else parts)

    def left(self) -> str:
        """Time left at the average pace so far."""
        if not self.ended:
            return "?"
        seconds = (time.monotonic() - self._start) / self.ended * (self.total - self.ended)
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


class PlainLines(_Counting):
    """One line a cell."""

    def end(self, cell: Cell, outcome: str) -> None:
        """Print how the cell ended and what is left."""
        self.ended += 1
        line = f"[{self.ended}/{self.total}] {self.title(cell)}: {outcome} (left: {self.left()})"
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveBar(_Counting):
    """A bar of cells with the running cell and its live reward."""

    def __init__(self, console: Console, todo: list[Cell]) -> None:
        super().__init__(console, todo)
        columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left {task.fields[left]}"))
        self._bar = Progress(*columns, TextColumn("{task.description}", markup=False), console=console, transient=True)
        self._task = self._bar.add_task("", total=self.total, left="?")
        self._title = ""

    def begin(self, cell: Cell) -> None:
        """Show which cell runs."""
        self._title = self.title(cell)
        self._bar.update(self._task, description=self._title)

    def event(self, event: Mapping[str, float]) -> None:
        """Show the live reward."""
        live = f"{event['best_reward']:.3f} at {event['seconds']:.1f} s"
        self._bar.update(self._task, description=f"{self._title}: {live}")

    def end(self, cell: Cell, outcome: str) -> None:
        """Move the bar; what went wrong stays on screen."""
        self.ended += 1
        line = f"{self.title(cell)}: {outcome}"
        self._bar.update(self._task, completed=self.ended, left=self.left(), description=line)
        if not outcome.startswith("reward"):
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> "LiveBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar."""
        self._bar.stop()
