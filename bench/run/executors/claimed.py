"""Which cells this process may begin: nobody else is at work on them, and none has ended since it was planned."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.store.claims import CLAIMS, Claims
from bench.store.files import writing
from bench.store.folder import RunStore
from bench.suite.cell import Cell


class Outcomes:
    """How cells end after this was made, whichever process runs them.

    Args:
        path: the run folder.
        cells: those that are planned.
    """

    def __init__(self, path: Path, cells: Iterable[Cell]) -> None:
        self._path = path
        self._before = {cell.id: self._ends(cell) for cell in cells}

    def ended(self, cell: Cell) -> bool:
        """Whether the cell has ended since."""
        return any(now and now != before for now, before in zip(self._ends(cell), self._before[cell.id], strict=True))

    def error(self, cell: Cell) -> str:
        """The error in one line of a cell that has ended since; "" if it is done."""
        store = RunStore(self._path)
        own, again = store.cell(cell.id), store.again(cell.id)
        failed = again if again.ended_at not in (0, self._before[cell.id][1]) else own
        return "" if failed.done else str(failed.read("failed").get("error", ""))

    def _ends(self, cell: Cell) -> tuple[int, int]:
        """When it ended in its own folder, and where a complete cell runs once more; 0 if it did not."""
        store = RunStore(self._path)
        return store.cell(cell.id).ended_at, store.again(cell.id).ended_at


class Mine:
    """Cells that this process takes one after the other, beside others that take theirs.

    Args:
        path: the run folder.
        outcomes: of the cells, since they were planned.
    """

    def __init__(self, path: Path, outcomes: Outcomes) -> None:
        self._folder, self._outcomes = path / CLAIMS, outcomes
        self._claims = Claims(self._folder)

    @contextmanager
    def hold(self, cell: Cell) -> Iterator[bool]:
        """Claim a cell for the length of the block; says whether it is this process's to run.

        Raises:
            UnwritableError: the claim cannot be written, or that the cell has ended.
        """
        with writing(self._folder):
            claim = self._claims.take(cell.id)
        if claim is None:
            yield False
            return
        try:
            yield not self._outcomes.ended(cell)
        finally:
            if self._outcomes.ended(cell):
                claim.end()
            else:
                claim.let_go()

    def each(self, cells: Iterable[Cell]) -> Generator[Cell]:
        """The cells that are this process's, each held until the next is asked for."""
        for cell in cells:
            with self.hold(cell) as mine:
                if mine:
                    yield cell
