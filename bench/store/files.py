"""Files that a reader, or a kill, finds whole: replaced atomically, or read up to their last whole line."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.errors import InputError, note

Record = dict[str, Any]


class DamagedError(InputError):
    """A file does not hold what was written there; the message names it."""


class UnwritableError(InputError):
    """A file cannot be written: the fault of a disk, never of a cell."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in one line that `path` cannot be written, and what to do.

    Raises:
        UnwritableError: for any OSError within the context.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise UnwritableError(
            f"cannot write {path}: {why}; the same command goes on once it can, or name another place with --out"
        ) from None


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, or a kill, sees the old file or the new one.

    Raises:
        UnwritableError: it cannot be written; the old file stands.
    """
    with writing(path), replacing(path) as temporary, temporary.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` that takes its place once the context has written there, and is gone if that failed.

    Whatever lies at either path is replaced, a link too: nobody writes through a link into a file elsewhere.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def confined(folder: Path, name: object) -> Path | None:
    """The file `name` of a folder; None where it is not there, lies elsewhere, or `name` is empty or NaN."""
    if not isinstance(name, str) or not name:
        return None
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None


def is_older(product: Path, *sources: Path) -> bool:
    """Whether `product` is missing, or one of the files that it was made from has changed since."""
    if not product.exists():
        return True
    made = product.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns > made for source in sources if source.exists())


def write_if_changed(path: Path, text: str) -> None:
    """As `write_atomically`, but leave a file that holds `text` already, and its time, alone."""
    if not path.exists() or path.read_bytes() != text.encode():
        write_atomically(path, text)


def read_json(path: Path, kind: type) -> Any:  # noqa: ANN401 - a `kind`
    """What a JSON file holds, a `kind`; an empty one where there is no file.

    Raises:
        DamagedError: it is no whole JSON, or something else than a `kind`.
    """
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return kind()
    except ValueError:
        raise DamagedError(f"{path} holds no whole JSON") from None
    if not isinstance(found, kind):
        raise DamagedError(f"{path} holds a {type(found).__name__}, not a {kind.__name__}")
    return found


def read_jsonl(path: Path) -> list[Record]:
    """The rows of a file that is appended to; a half-written last line is dropped, with a note.

    Raises:
        DamagedError: another line is no row; names it.
    """
    return list(parsed_rows(path, whole_lines(path)))


def read_whole_jsonl(path: Path) -> list[Record]:
    """The rows of a file that was written at once.

    Raises:
        DamagedError: it is gone or cut short, or a line is no row; names it.
    """
    text = path.read_bytes() if path.exists() else b""
    if not text.endswith(b"\n"):
        raise DamagedError(f"{path} is gone or cut short")
    return list(parsed_rows(path, text))


def whole_lines(path: Path) -> bytes:
    """The lines of a file, none where there is no file; a half-written last line is dropped, with a note."""
    if not path.exists():
        return b""
    whole, newline, rest = path.read_bytes().rpartition(b"\n")
    if rest:
        note(f"{path} ends in a half-written line, which is dropped")
    return whole + newline


def parsed_rows(path: Path, text: bytes) -> Iterator[Record]:
    """The rows that `text`, read from `path`, holds a line each.

    Raises:
        DamagedError: a line is no row; names it.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise DamagedError(f"{path}:{number} is no row of JSON")
        yield row
