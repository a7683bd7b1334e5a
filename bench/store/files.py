"""Files that a reader, or a kill, finds whole: replaced atomically, or read up to their last whole line."""

import json
import os
import sys
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader, or a kill, sees the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def is_older(product: Path, *sources: Path) -> bool:
    """Whether `product` is missing, or one of the files that it was made from has changed since."""
    if not product.exists():
        return True
    made = product.stat().st_mtime_ns
    return any(source.stat().st_mtime_ns > made for source in sources if source.exists())


def write_if_changed(path: Path, text: str) -> None:
    """As `write_atomically`, but leave a file that holds `text` already, and its time, alone."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


def read_jsonl(path: Path) -> list[Record]:
    """The rows of a JSON-lines file; a half-written last line is dropped, with a note."""
    return [json.loads(line) for line in whole_lines(path).splitlines()]


def whole_lines(path: Path) -> bytes:
    """The lines of a file, none where there is no file; a half-written last line is dropped, with a note."""
    if not path.exists():
        return b""
    whole, newline, rest = path.read_bytes().rpartition(b"\n")
    if rest:
        print(f"note: {path} ends in a half-written line, which is dropped", file=sys.stderr)
    return whole + newline
