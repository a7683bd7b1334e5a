"""What a run folder shows after a kill: how far the command had come, and whether anything is lost or damaged."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet
from PIL import Image

from bench.errors import InputError
from bench.store.files import DamagedError, parsed_rows
from bench.store.folder import CellStore, RunStore
from bench.store.tables import read_tables
from bench.suite.text import from_yaml

_OF_CELLS = {"cells", "claims", "again"}
_CLOCK = 0.02  # seconds by which the times of files may lag behind the clock


class Faults(NamedTuple):
    """What a kill must not bring about.

    Attributes:
        lost: complete cells that are complete no more, or whose results differ from those of a run that nobody killed.
        doubled: rows of events, checkpoints or tables that stand there more than once.
        unreadable: files that are not whole.
    """

    lost: int
    doubled: int
    unreadable: int


class Outcome(NamedTuple):
    """What a run came to, whatever it took: how often each row of its tables stands there, without seconds."""

    scores: Counter[tuple[object, ...]]
    curves: Counter[tuple[object, ...]]


def stage(run: Path, began: float) -> str:
    """What the command that began at that time was at, by what it wrote last: planning, cells, tables or plots.

    Before it has written anything, but for its claim to the folder, it is at its start.
    """
    last = max(_written(run, began), default=(0.0, ""))[1]
    if last in _OF_CELLS:
        return "cells"
    if last.startswith(("curves.", "scores.", "sets.")):
        return "tables"
    return "plots" if last == "plots" else "planning" if last else "start"


def _written(run: Path, began: float) -> Iterator[tuple[float, str]]:
    """When files were changed since, and in which part of the folder they lie."""
    for folder, folders, files in os.walk(run):  # passes over what vanishes: somebody is at work
        for path in (Path(folder, name) for name in (*folders, *files)):
            part = path.relative_to(run).parts[0].lstrip(".")
            with suppress(FileNotFoundError):
                changed = path.lstat().st_mtime
                if changed > began - _CLOCK and part != "owner":
                    yield changed, part


def complete_cells(run: Path) -> set[str]:
    """The names of the complete cells; none in a folder that is no run yet."""
    store = RunStore(run)
    return {one.cell for one in store.planned() if store.cell(one.cell).done}


def faults_after_kill(run: Path, complete: Set[str]) -> Faults:
    """What is wrong with a folder in which nobody is at work.

    Args:
        run: the folder.
        complete: the cells that were complete before the command began.
    """
    now = complete_cells(run)
    doubled = sum(_doubled(RunStore(run).cell(name)) for name in now)
    return Faults(len(complete - now), doubled, sum(1 for _ in unreadable(run, now)))


def outcome(run: Path) -> Outcome:
    """What a run came to.

    Raises:
        InputError: it is no run folder, or no cell has ended yet.
    """
    scores, curves = read_tables(run)
    of_scores = scores.loc[scores["status"] != "missing", ["cell", "budget", "status", "best_reward", "last_reward"]]
    of_curves = curves[["cell", "step", "current_reward", "best_reward"]]
    return Outcome(*(Counter(one.astype(str).itertuples(index=False, name=None)) for one in (of_scores, of_curves)))


def faults_at_end(run: Path, whole: Outcome) -> Faults:
    """What is wrong with a folder whose command has come to its end.

    Args:
        run: the folder.
        whole: what the same suite came to in a folder in which nobody was killed.
    """
    try:
        found = outcome(run)
    except InputError:
        found = Outcome(Counter(), Counter())  # all is lost
    lost = {row[0] for mine, theirs in zip(whole, found, strict=True) for row in mine - theirs}
    doubled = sum((theirs - mine).total() for mine, theirs in zip(whole, found, strict=True))
    return Faults(len(lost), doubled, sum(1 for _ in unreadable(run, complete_cells(run))))


def _doubled(cell: CellStore) -> int:
    with suppress(DamagedError):  # counted as unreadable
        steps, budgets = [row["step"] for row in cell.events()], [row["budget"] for row in cell.checkpoints()]
        return len(steps) - len(set(steps)) + len(budgets) - len(set(budgets))
    return 0


def unreadable(run: Path, complete: Set[str]) -> Iterator[Path]:
    """The files that are not whole, but for those of cells that are not complete and for unfinished ones with a dot."""
    for path in sorted(run.rglob("*")):
        own = path.relative_to(run).parts
        unfinished = own[0] == "cells" and len(own) > 1 and own[1] not in complete
        if path.suffix in _WHOLE and not unfinished and not any(part.startswith(".") for part in own):
            try:
                _WHOLE[path.suffix](path)
            except Exception:
                yield path


def _ends_with(end: bytes) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        if not path.read_bytes().rstrip().endswith(end):
            raise ValueError(f"{path} does not end in {end!r}")

    return check


def _json_lines(path: Path) -> None:
    text = path.read_bytes()
    if text and not text.endswith(b"\n"):
        raise ValueError(f"{path} is cut short")
    list(parsed_rows(path, text))


_WHOLE: dict[str, Callable[[Path], object]] = {
    ".json": lambda path: json.loads(path.read_bytes()),
    ".jsonl": _json_lines,
    ".yaml": lambda path: from_yaml(path.read_text(encoding="utf-8")),
    ".png": lambda path: Image.open(BytesIO(path.read_bytes())).load(),
    ".parquet": lambda path: pyarrow.parquet.read_table(path),
    ".pdf": _ends_with(b"%%EOF"),
    ".html": _ends_with(b"</html>"),
}
"""How to find out whether a file is whole, by its suffix."""
