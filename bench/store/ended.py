"""How a cell ended, `done.json` or `failed.json`: believed only where it is whole and its files agree with it.

It keeps the size and the sha256 of what the cell had appended until then. Sizes are compared at each reading, which
costs a look at the file; the content only of a file that was touched since, as a copied or a damaged one was.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from bench.store.files import DamagedError, Record, read_json

APPENDED = ("events.jsonl", "checkpoints.jsonl")
"""What a cell appends to while it runs."""
ENDS = ("done", "failed")
"""The stems of the files that say how it ended; a cell that has both is done."""


class End(NamedTuple):
    """How a cell ended.

    Attributes:
        kind: one of `ENDS`; "" if it has not ended.
        at: when, in nanoseconds; 0 if it has not.
        record: what was written then; empty if it has not.
        flaw: what is damaged of a cell that had ended; "" where nothing is.
    """

    kind: str
    at: int
    record: Record
    flaw: str


class Seal(BaseModel):
    """What a file was when its cell ended."""

    bytes: int
    sha256: str


class Versions(BaseModel):
    """Of packages; one decides what may be compared."""

    torch: str


class Where(BaseModel):
    """On what a cell ran."""

    device: str
    device_name: str
    threads: int
    versions: Versions
    chosen: dict[str, Any]


class Failed(BaseModel):
    """What readers of `failed.json` count on."""

    error: str
    files: dict[str, Seal] = {}


class Done(BaseModel):
    """What readers of `done.json` count on."""

    steps: int
    overshoot: float
    wall: float
    ledger: dict[str, float]
    files: dict[str, Seal] = {}


_SHAPES: dict[str, type[Done] | type[Failed]] = {"done": Done, "failed": Failed}


def sealed(folder: Path) -> Record:
    """The field `files` of `done.json` or `failed.json`, with what the cell has appended so far."""
    there = {name: folder / name for name in APPENDED if (folder / name).exists()}
    return {"files": {name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for name, path in there.items()}}


def how_it_ended(folder: Path) -> End:
    """How a cell ended, each of its files looked at once: a run may have 60,000 cells."""
    flaw = ""
    for kind in ENDS:
        try:
            record, at = _read_end(folder, kind)
        except DamagedError as error:
            if _look(folder / f"{kind}.json"):  # else the cell has begun anew while it was read
                flaw = flaw or str(error)
            continue
        if record:
            return End(kind, at, record, flaw)
    return End("", 0, {}, flaw)


def read_end(folder: Path, name: str) -> Record:
    """What `done` or `failed` says of a cell; empty where there is no such file.

    Raises:
        DamagedError: it is not whole, of another shape, or a file is not what it was when the cell ended.
    """
    return _read_end(folder, name)[0]


def looks(folder: Path) -> str:
    """Changes when a cell ends, also anew, and when a file of one that has ended is touched; without reading one."""
    ends = _looks(folder, (f"{name}.json" for name in ENDS))
    return f"{ends} {_looks(folder, APPENDED)}" if ends else ""


def _read_end(folder: Path, name: str) -> tuple[Record, int]:
    """What it says, and when the file was written, in nanoseconds."""
    path = folder / f"{name}.json"
    found = _look(path)
    if found is None:
        return {}, 0
    if folder.is_symlink():
        raise DamagedError(f"{folder} is a link; cells lie in the run folder itself")
    record: Record = read_json(path, dict)
    try:
        seals = _SHAPES[name].model_validate(record).files
        if "device" in record:  # readers ask for the rest only then
            Where.model_validate(record)
    except ValidationError as error:
        problem = error.errors()[0]
        raise DamagedError(f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from None
    for file, seal in seals.items():
        if file not in APPENDED or not _is_as_sealed(folder / file, seal, found.st_mtime_ns):
            raise DamagedError(f"{folder / file} is not what it was when the cell ended")
    return record, found.st_mtime_ns


def _looks(folder: Path, names: Iterable[str]) -> list[tuple[str, int, int]]:
    found = [(name, _look(folder / name)) for name in names]
    return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in found if stat is not None]


def _look(path: Path) -> os.stat_result | None:
    """One question to the file system, which may be far away; None where there is no such file."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_as_sealed(path: Path, seal: Seal, ended: int) -> bool:
    found = _look(path)
    if found is None or found.st_size != seal.bytes:
        return False
    return found.st_mtime_ns < ended or _digest(path) == seal.sha256


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
