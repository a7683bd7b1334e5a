"""The run directory, the truth about a run: appended while a cell runs, consolidated to CSV and Parquet after.

    suite.yaml  plan.jsonl  plugins.jsonl  provenance.json  methods.csv
    curves.csv  scores.csv  (+ .parquet)  sets.csv  sets.stamp
    cells/<cell-id>/{cell.json, events.jsonl, checkpoints.jsonl, images/, done.json | failed.json}
    again/<cell-id>/  a complete cell that runs once more, until it takes the place of the old one; or why it failed
    claims/<cell-id>/  who is at work on it (`bench.store.claims`), while somebody is;  jobs/  those of Slurm

A cell is complete if and only if `done.json` exists, written last, by atomic rename, and its files agree with it
(`bench.store.ended`). A run grows by running another suite in its folder: `suite.yaml` and the plan then hold both, and
`provenance.json` has an entry a command. What is damaged is made anew where it follows from the rest.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bench.errors import InputError, note
from bench.store.ended import ENDS, End, how_it_ended, read_end, sealed
from bench.store.files import (
    DamagedError,
    Record,
    read_json,
    read_jsonl,
    write_atomically,
    write_if_changed,
    writing,
)
from bench.store.growth import Growth, Held
from bench.store.planned import PLAN, PlannedCell, plan_of, plan_text, read_plan
from bench.store.plugins import (
    OPTIONS,
    PLUGINS,
    PluginRecord,
    options_csv,
    plugins_text,
    read_plugins,
    records_as_kept,
    records_of_cell,
)
from bench.store.remade import SUITE, kept, read_suite, suite_of_commands
from bench.suite.cell import Cell
from bench.suite.suite import Suite
from bench.suite.text import to_yaml

if TYPE_CHECKING:
    from torch import Tensor

CELLS, AGAIN = "cells", "again"
PROVENANCE = "provenance.json"


class CellStore:
    """The folder of one cell, written while it runs.

    What writes here raises `UnwritableError` where it cannot, or where somebody removed the run folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, IO[str]] = {}

    @property
    def done(self) -> bool:
        """Whether the cell is complete."""
        return bool(self.read("done"))

    def end(self) -> End:
        """How the cell ended; what asks for more than one thing of it asks once."""
        return how_it_ended(self.path)

    @property
    def ended_at(self) -> int:
        """When the cell was marked complete or failed, in nanoseconds; 0 if it was not."""
        return self.end().at

    @property
    def flaw(self) -> str:
        """What is damaged of a cell that had ended, so that it counts as one that has not; empty where nothing is."""
        return self.end().flaw

    def begin(self, cell: Cell) -> None:
        """An empty folder for `cell`; what an interrupted attempt left is removed."""
        with writing(self.path):
            shutil.rmtree(self.path, ignore_errors=True)
            self._make()
            (self.path / "images").mkdir()
        plugins = {key: asdict(record) for key, record in records_of_cell(cell).items()}
        written = json.dumps({**asdict(cell), "plugins": plugins}, indent=1, default=str)
        write_atomically(self.path / "cell.json", written + "\n")

    def append(self, name: str, row: Mapping[str, Any]) -> None:
        """Append a row to `<name>.jsonl` and hand it to the operating system at once."""
        path = self.path / f"{name}.jsonl"
        with writing(path):
            if name not in self._open:
                self._open[name] = path.open("a", encoding="utf-8")
            self._open[name].write(json.dumps(row) + "\n")
            self._open[name].flush()

    def save_image(self, name: str, image: "Tensor") -> str:
        """Save an image `(3, H, W)`, clamped to [0, 1], as PNG; its path within the run folder."""
        from bench.scoring.pixels import pil_images

        path = Path("images", f"{name}.png")
        with writing(self.path / path):
            pil_images(image[None])[0].save(self.path / path)
        return Path(CELLS, self.path.name, path).as_posix()

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Mark the cell complete."""
        self._end("done", summary)

    def fail(self, error: str, traceback: str, ran: Mapping[str, Any]) -> None:
        """Keep the error of a failed cell, and what it ran with: checkpoints before the failure are results."""
        self._end("failed", {"error": error, "traceback": traceback, **ran})

    def close(self) -> None:
        """Close the open files."""
        for file in self._open.values():
            with suppress(OSError):  # of a row that could not be written, which has been said
                file.close()
        self._open.clear()

    def read(self, name: str) -> Record:
        """`cell`, `done` or `failed`; an empty row where there is none, or it is damaged (see `flaw`)."""
        try:
            row: Record = read_end(self.path, name) if name in ENDS else read_json(self.path / f"{name}.json", dict)
        except DamagedError:
            return {}
        return row

    def ran(self) -> Record:
        """What a cell that has ended ran with, complete or failed; an empty row before."""
        return self.end().record

    def events(self) -> list[Record]:
        """One row a yield of the method."""
        return read_jsonl(self.path / "events.jsonl")

    def checkpoints(self) -> list[Record]:
        """One row a checkpoint, budgets ascending; `image` names the file of its sample, `point` is the sample."""
        return read_jsonl(self.path / "checkpoints.jsonl")

    def _end(self, name: str, record: Mapping[str, Any]) -> None:
        self.close()
        with writing(self.path):
            self._make()
            written = {**record, **sealed(self.path)}
        write_atomically(self.path / f"{name}.json", json.dumps(written, indent=1) + "\n")

    def _make(self) -> None:
        """Make the folder, and that of all cells, but not that of a run which somebody removed."""
        if self.path.is_symlink() or self.path.is_file():
            self.path.unlink()  # what a link points to is no cell of this run
        self.path.parent.mkdir(exist_ok=True)
        self.path.mkdir(exist_ok=True)


class Again(CellStore):
    """Where a complete cell runs once more: its result stands until the new one is whole."""

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Mark the new result complete and put it in the place of the old one."""
        super().finish(summary)
        self.take_place()

    def take_place(self) -> None:
        """Put a complete result in its place; nothing where there is none."""
        place = self.path.parent.with_name(CELLS) / self.path.name
        replaced = self.path.with_name(f".{self.path.name}")
        with writing(place):
            if self.done:
                if place.exists():
                    place.rename(replaced)
                self.path.rename(place)
            elif replaced.exists() and not place.exists():
                replaced.rename(place)
        shutil.rmtree(replaced, ignore_errors=True)


class RunStore:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, suite: Suite, invocation: Mapping[str, Any]) -> "RunStore":
        """The run folder for `suite`: a new one, or one that grows by what the suite adds.

        Args:
            path: the folder; who writes in it owns it (`bench.store.lock.owned`).
            suite: a checked suite.
            invocation: of `provenance.json`.

        Raises:
            InputError: it cannot be written, or a label of the suite means something else in it.
        """
        store = cls(path)
        store.grow(store.growth(suite), invocation)
        return store

    def growth(self, suite: Suite) -> Growth:
        """What a checked suite would change here.

        Raises:
            InputError: a label of the suite means something else here.
        """
        held = Held(self.suite(), self.planned(), self.plugins()) if self.begun else Held()
        return Growth(self.path, held, suite)

    def grow(self, growth: Growth, invocation: Mapping[str, Any]) -> None:
        """Write down what is to be run; the same again goes on wherever a kill came between.

        Raises:
            InputError: the folder cannot be written.
        """
        asked = growth.asked.model_dump(mode="json")
        history = [*(self.invocations() if growth.held.suite else []), {**invocation, "suite": asked}]
        resolved = to_yaml(growth.suite)
        with writing(self.path):
            (self.path / CELLS).mkdir(parents=True, exist_ok=True)
        write_if_changed(self.path / PLAN, plan_text(growth.plan))
        # After the plan: an edited plug-in is known by its digest here until its cells have left the plan.
        write_if_changed(self.path / PLUGINS, plugins_text(growth.plugins))
        write_if_changed(self.path / OPTIONS, options_csv(growth.plugins))
        write_atomically(self.path / PROVENANCE, json.dumps(history, indent=1) + "\n")
        write_if_changed(self.path / SUITE, resolved)

    @classmethod
    def open(cls, path: Path) -> "RunStore":
        """An existing run folder.

        Raises:
            InputError: it is none.
        """
        if not cls(path).begun:
            raise InputError(f"{path} is not a run folder (it has no suite.yaml); runs lie in results/runs/")
        return cls(path)

    @property
    def begun(self) -> bool:
        """Whether a command has planned something here; the suite is written last, so without it none has."""
        return (self.path / SUITE).is_file()

    def suite(self) -> Suite:
        """Everything that was asked of the run, as one suite."""
        return kept(self.path, read_suite, lambda: suite_of_commands(self.invocations()))

    def invocations(self) -> list[Record]:
        """The commands that planned something in the run, earliest first: when, where, with which code and suite."""
        try:
            return [one for one in read_json(self.path / PROVENANCE, list) if isinstance(one, dict)]
        except DamagedError as error:
            note(f"{error}: where the run came from is not known")
            return []

    def planned(self) -> list[PlannedCell]:
        """The cells that the run is to have, in the order in which they run; none before it has begun."""
        return kept(self.path, read_plan, lambda: plan_of(self.suite())) if self.begun else []

    def plugins(self) -> list[PluginRecord]:
        """The plug-ins of the run with every option and declared fact; none before it has begun."""
        return kept(self.path, read_plugins, lambda: records_as_kept(self.suite())) if self.begun else []

    def cell(self, cell_id: str) -> CellStore:
        """The folder of one cell, whether or not it exists yet."""
        return CellStore(self.path / CELLS / cell_id)

    def attempt(self, cell_id: str) -> CellStore:
        """Where a cell runs: in its own folder, or apart if a result stands there."""
        own = self.cell(cell_id)
        return self.again(cell_id) if own.done else own

    def again(self, cell_id: str) -> Again:
        """Where a complete cell runs once more, and where it says why that failed."""
        return Again(self.path / AGAIN / cell_id)

    def mend(self, is_busy: Callable[[str], bool] = lambda _: False) -> None:
        """Finish what a kill came between: complete results take their place, what is neither old nor new goes.

        Why an attempt failed stays until the next one. What is damaged and follows from the rest is written anew. Only
        who owns the folder may do so.

        Args:
            is_busy: says of the name of a cell whether somebody is at work on it.

        Raises:
            InputError: the cells lie behind a link, or what is damaged follows from nothing else.
        """
        for folder in (self.path / CELLS, self.path / AGAIN):
            if folder.is_symlink():
                raise InputError(f"{folder} is a link: cells lie in the run folder itself, and only that may be one")
        for half in self.path.glob(".*.[0-9]*"):
            half.unlink()  # of a command that was killed
        if self.begun:
            self._remake()
        self._mend_cells(is_busy)

    def _remake(self) -> None:
        files: tuple[tuple[str, Callable[[Path], object], Callable[[], str]], ...] = (
            (SUITE, read_suite, lambda: to_yaml(self.suite())),
            (PLAN, read_plan, lambda: plan_text(self.planned())),
            (PLUGINS, read_plugins, lambda: plugins_text(self.plugins())),
        )
        for name, read, text in files:
            try:
                read(self.path)
            except DamagedError:
                write_atomically(self.path / name, text())
        write_if_changed(self.path / OPTIONS, options_csv(self.plugins()))

    def _mend_cells(self, is_busy: Callable[[str], bool]) -> None:
        again = self.path / AGAIN
        for name in {folder.name.removeprefix(".") for folder in again.glob("*")}:
            if not is_busy(name):
                Again(again / name).take_place()
        failed = [one.path for one in self.failed_again()]
        for folder in again.glob("*"):
            if folder not in failed and not is_busy(folder.name.removeprefix(".")):
                shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            again.rmdir()

    def failed_again(self) -> list[CellStore]:
        """What is left of complete cells that ran once more and failed, by name; their results stand."""
        attempts = [CellStore(folder) for folder in sorted((self.path / AGAIN).glob("[!.]*"))]
        return [one for one in attempts if one.read("failed")]

    def cells(self) -> Iterator[CellStore]:
        """The folders of the planned cells that have begun, by name."""
        for name in sorted(one.cell for one in self.planned()):
            if (self.path / CELLS / name / "cell.json").exists():
                yield self.cell(name)
