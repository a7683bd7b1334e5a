"""The run directory, the truth about a run: appended while a cell runs, consolidated to CSV and Parquet after.

    suite.yaml  plan.jsonl  plugins.jsonl  provenance.json  curves.csv  scores.csv  (+ .parquet)  sets.csv
    cells/<cell-id>/{cell.json, events.jsonl, checkpoints.jsonl, images/, done.json | failed.json}

A cell is complete if and only if `done.json` exists: it is written last, by atomic rename.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from PIL import Image
from torch import Tensor

from bench.errors import InputError
from bench.store.files import Row, read_jsonl, write_atomically
from bench.store.planned import PlannedCell, read_plan, write_plan
from bench.store.plugins import PluginRecord, read_plugins, records_of, write_plugins
from bench.suite.cell import Cell
from bench.suite.suite import Suite
from bench.suite.text import from_yaml, to_yaml


class CellStore:
    """The folder of one cell, written while it runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, IO[str]] = {}

    @property
    def done(self) -> bool:
        """Whether the cell is complete."""
        return (self.path / "done.json").exists()

    @property
    def ended_at(self) -> int:
        """When the cell was marked complete or failed, in nanoseconds; 0 if it was not."""
        for name in ("done.json", "failed.json"):
            if (self.path / name).exists():
                return (self.path / name).stat().st_mtime_ns
        return 0

    def begin(self, cell: Cell) -> None:
        """An empty folder for `cell`; what an interrupted attempt left is removed."""
        shutil.rmtree(self.path, ignore_errors=True)
        (self.path / "images").mkdir(parents=True)
        write_atomically(self.path / "cell.json", json.dumps(asdict(cell), indent=1) + "\n")

    def append(self, name: str, row: Mapping[str, Any]) -> None:
        """Append a row to `<name>.jsonl` and hand it to the operating system at once."""
        if name not in self._open:
            self._open[name] = (self.path / f"{name}.jsonl").open("a", encoding="utf-8")
        self._open[name].write(json.dumps(row) + "\n")
        self._open[name].flush()

    def save_image(self, name: str, image: Tensor) -> str:
        """Save an image `(3, H, W)`, clamped to [0, 1], as PNG; its path within the run folder."""
        pixels = (image.detach().clamp(0, 1) * 255).round().byte().cpu().movedim(0, -1).contiguous()
        path = self.path / "images" / f"{name}.png"
        Image.fromarray(pixels.numpy()).save(path)
        return path.relative_to(self.path.parent.parent).as_posix()

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Mark the cell complete."""
        self.close()
        write_atomically(self.path / "done.json", json.dumps(summary, indent=1) + "\n")

    def fail(self, error: str, traceback: str) -> None:
        """Keep the error of a failed cell."""
        self.close()
        write_atomically(
            self.path / "failed.json", json.dumps({"error": error, "traceback": traceback}, indent=1) + "\n"
        )

    def close(self) -> None:
        """Close the open files."""
        for file in self._open.values():
            file.close()
        self._open.clear()

    def read(self, name: str) -> Row:
        """A JSON file of the folder, or an empty row."""
        path = self.path / f"{name}.json"
        row: Row = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return row

    def events(self) -> list[Row]:
        """One row a yield of the method."""
        return read_jsonl(self.path / "events.jsonl")

    def checkpoints(self) -> list[Row]:
        """One row a checkpoint, budgets ascending."""
        return read_jsonl(self.path / "checkpoints.jsonl")


class RunStore:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, suite: Suite, provenance: Mapping[str, Any]) -> "RunStore":
        """The run folder for `suite`, new or to be continued.

        Raises:
            InputError: it cannot be written, or holds another suite or something else.
        """
        store = cls(path)
        resolved = to_yaml(suite)
        held = path / "suite.yaml"
        if held.exists():
            if store.suite() != suite:
                raise InputError(
                    f"{path} holds another suite or other options; name another folder with --out, or remove it"
                )
            return store
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise InputError(f"{path} is not an empty folder and not a run; name another with --out")
        try:
            (path / "cells").mkdir(parents=True, exist_ok=True)
            write_atomically(path / "provenance.json", json.dumps(provenance, indent=1) + "\n")
            write_plan(path, suite.planned())
            write_plugins(path, records_of(suite))
            write_atomically(held, resolved)
        except OSError as error:
            raise InputError(f"cannot write to {path}: {error.strerror}; name another folder with --out") from None
        return store

    @classmethod
    def open(cls, path: Path) -> "RunStore":
        """An existing run folder.

        Raises:
            InputError: it is none.
        """
        if not (path / "suite.yaml").is_file():
            raise InputError(f"{path} is not a run folder (it has no suite.yaml); runs lie in results/runs/")
        return cls(path)

    def suite(self) -> Suite:
        """The suite that the run was started with."""
        return from_yaml((self.path / "suite.yaml").read_text(encoding="utf-8"))

    def planned(self) -> list[PlannedCell]:
        """The cells that the run is to have, in the order in which they run."""
        return read_plan(self.path)

    def plugins(self) -> list[PluginRecord]:
        """The plug-ins of the run with every option and declared fact."""
        return read_plugins(self.path)

    def cell(self, cell_id: str) -> CellStore:
        """The folder of one cell, whether or not it exists yet."""
        return CellStore(self.path / "cells" / cell_id)

    def cells(self) -> Iterator[CellStore]:
        """The folders of all cells begun so far, by name."""
        for path in sorted((self.path / "cells").iterdir()):
            if (path / "cell.json").exists():
                yield CellStore(path)
