"""How a run shows that it lives: a live bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.suite.cell import Cell


class Watcher:
    """Is told what happens; shows nothing."""

    def begin(self, cell: Cell) -> None:
        """A cell begins."""

    def event(self, event: Mapping[str, float]) -> None:
        """A method has yielded."""

    def end(self, cell: Cell, error: str) -> None:
        """A cell has ended; `error` is empty if it is done."""

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The run is over."""


def make_watcher(console: Console, todo: list[Cell]) -> Watcher:
    """The watcher that fits the console."""
    return LiveBar(console, todo) if console.is_terminal else PlainLines(console, todo)


class _Counting(Watcher):
    def __init__(self, console: Console, todo: list[Cell]) -> None:
        self.console, self.total, self.ended = console, len(todo), 0
        self._start = time.monotonic()

    def left(self) -> str:
        """Time left at the average pace so far."""
        if not self.ended:
            return "?"
        seconds = (time.monotonic() - self._start) / self.ended * (self.total - self.ended)
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


class PlainLines(_Counting):
    """One line a cell."""

    _best = ""

    def event(self, event: Mapping[str, float]) -> None:
        """Remember the incumbent for the cell's line."""
        self._best = f"reward {event['best_reward']:.3f} after {event['step'] + 1:.0f} steps"

    def end(self, cell: Cell, error: str) -> None:
        """Print how the cell ended and what is left."""
        self.ended += 1
        outcome = f"FAILED: {error}" if error else self._best
        title = f"{cell.reward} | {cell.prompt} | seed {cell.seed} | {cell.method}"
        line = f"[{self.ended}/{self.total}] {title}: {outcome} (left: {self.left()})"
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
        self._title = f"{cell.reward} | {cell.prompt} | seed {cell.seed} | {cell.method}"
        self._bar.update(self._task, description=self._title)

    def event(self, event: Mapping[str, float]) -> None:
        """Show the live reward."""
        live = f"{event['best_reward']:.3f} at {event['seconds']:.1f} s"
        self._bar.update(self._task, description=f"{self._title}: {live}")

    def end(self, cell: Cell, error: str) -> None:
        """Move the bar; a failure stays on screen."""
        self.ended += 1
        self._bar.update(self._task, completed=self.ended, left=self.left())
        if error:
            self.console.print(f"FAILED {cell.id}: {error}", markup=False, soft_wrap=True)

    def __enter__(self) -> "LiveBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar."""
        self._bar.stop()
