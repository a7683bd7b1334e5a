"""How a run shows that it lives: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from bench.run.standing import Standing
from bench.store.folder import CellStore
from bench.suite.budget import budget_text
from bench.suite.cell import Cell


class Outcome(NamedTuple):
    """How a cell ended.

    Attributes:
        text: in one line.
        reward: the one that counts at the end of its budget; None if it has none.
    """

    text: str
    reward: float | None = None


class Watcher:
    """Is told what happens; shows nothing."""

    def begin(self, cell: Cell) -> None:
        """A cell begins."""

    def event(self, event: Mapping[str, float]) -> None:
        """A method has yielded."""

    def end(self, cell: Cell, outcome: Outcome) -> None:
        """A cell has ended."""

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The run is over."""


def make_watcher(console: Console, todo: list[Cell]) -> Watcher:
    """The watcher that fits the console."""
    return LiveBar(console, todo) if console.is_terminal else PlainLines(console, todo)


def outcome_of(cell: Cell, error: str, store: CellStore) -> Outcome:
    """How a cell ended.

    Args:
        cell: the cell.
        error: why it failed; empty if it is done.
        store: its folder.
    """
    if error:
        return Outcome(f"FAILED: {error}{'; its earlier result stands' if store.done else ''}")
    done, reward = store.read("done"), store.checkpoints()[-1]["best_reward"]
    if reward is None:
        budget, spent = cell.budget.amount, cell.budget.amount + done["overshoot"]
        unit = cell.budget.unit
        went_on = budget_text(float(f"{spent:.4g}"), unit)
        return Outcome(f"nothing scored within {budget_text(budget, unit)}; it went on to {went_on}")
    return Outcome(f"reward {reward:.3f} after {done['steps']} yield{'s' * (done['steps'] != 1)}", reward)


class _Counting(Watcher):
    """Counts cells, foretells the time that is left keeps the standing, and names cells by what not all share."""

    def __init__(self, console: Console, todo: list[Cell]) -> None:
        self.console, self.total, self.ended = console, len(todo), 0
        self.standing = Standing(todo)
        self._several_models = len({cell.model for cell in todo}) > 1
        self._weigh = len({cell.budget.unit for cell in todo}) == 1
        self._start, self._weight, self._whole = time.monotonic(), 0.0, sum(map(self._weight_of, todo))

    def title(self, cell: Cell) -> str:
        """What a line calls the cell."""
        parts = (cell.reward, cell.prompt, f"seed {cell.seed}", cell.method)
        return " | ".join((cell.model, *parts) if self._several_models else parts)

    def count(self, cell: Cell, outcome: Outcome) -> str:
        """Count the cell; what is new of who leads its task."""
        self.ended += 1
        self._weight += self._weight_of(cell)
        return self.standing.end(cell, outcome.reward)

    def left(self) -> str:
        """Time left at the average pace so far."""
        if not self.ended:
            return "?"
        seconds = (time.monotonic() - self._start) / self._weight * (self._whole - self._weight)
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"

    def _weight_of(self, cell: Cell) -> float:
        """What part of the whole it is, as far as budgets tell."""
        return cell.budget.amount if self._weigh else 1.0


class PlainLines(_Counting):
    """One line a cell, and one for each task where somebody else leads or the lead is on more prompts."""

    def end(self, cell: Cell, outcome: Outcome) -> None:
        """Print how the cell ended and what is left."""
        leads = self.count(cell, outcome)
        self._print(f"[{self.ended}/{self.total}] {self.title(cell)}: {outcome.text} (left: {self.left()})")
        if leads:
            self._print(f"so far, {leads}")

    def _print(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveBar(_Counting):
    """A bar of cells with the running cell and its live reward, above who leads each task."""

    def __init__(self, console: Console, todo: list[Cell]) -> None:
        super().__init__(console, todo)
        columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left {task.fields[left]}"))
        self._bar = _BarAboveLines(
            *columns, TextColumn("{task.description}", markup=False), console=console, transient=True
        )
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

    def end(self, cell: Cell, outcome: Outcome) -> None:
        """Move the bar; what went wrong stays on screen."""
        if self.count(cell, outcome):
            self._bar.lines = self.standing.lines()
        line = f"{self.title(cell)}: {outcome.text}"
        self._bar.update(self._task, completed=self.ended, left=self.left(), description=line)
        if outcome.reward is None:
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> "LiveBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar."""
        self._bar.stop()


class _BarAboveLines(Progress):
    lines: Sequence[str] = ()

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        for line in self.lines:
            yield Text(line, no_wrap=True, overflow="ellipsis")
