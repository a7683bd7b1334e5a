"""A user's own file of prompts, which may stand wherever the name of a set may."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.errors import InputError, note
from bench.suite.prompts.formats import Format, PromptLine, read_rows
from bench.suite.prompts.sets import prompt_sets

LONGEST = 1000
"""Characters of a prompt: beyond, a file is likely not one of prompts, and every text encoder cuts at a few hundred."""

_FORMATS: dict[str, Format] = {
    ".txt": "txt", ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".parquet": "parquet",
}  # fmt: skip
_OTHER_TABLES = {".arrow", ".feather", ".gz", ".ndjson", ".ods", ".xls", ".xlsx", ".yaml", ".yml", ".zip"}
_COLUMN = re.compile(rf"(?P<path>.+({'|'.join(map(re.escape, _FORMATS))})):(?P<field>[^:]+)", re.IGNORECASE)


def is_file(word: str, folder: Path) -> bool:
    """Whether a word in place of a prompt means a file: it ends like a table, or something of that name is there."""
    if word in prompt_sets() or not word.strip():
        return False
    path = _path_and_field(word)[0]
    return path.suffix.lower() in {*_FORMATS, *_OTHER_TABLES} or os.path.lexists(folder / path)


def with_files_read(words: Sequence[str], folder: Path) -> list[str]:
    """`words`, each path of a file, as seen from `folder`, replaced by the prompts in it.

    They are read at once: what a run is stored with must not change later.

    Raises:
        InputError: a file cannot be read, or its prompts are not as they should be (see `read_own`).
    """
    return [prompt for word in words for prompt in (_read(word, folder) if is_file(word, folder) else [word])]


def read_own(path: Path, field: str | None = None) -> list[str]:
    """The prompts of a file: its lines (.txt), a column (.csv, .tsv, .parquet) or a key of its objects (.json, .jsonl).

    Blank prompts and repeated ones are left out, with a note.

    Args:
        path: the file.
        field: the column or key, `prompt` by default.

    Raises:
        InputError: the file is not in its format, or, all in one message with their lines: prompts that are longer than
            `LONGEST`, hold half of a surrogate pair or would be taken for a set.
    """
    rows = read_rows(path, _format(path, field), field or "prompt")
    if problems := "; ".join(_problems(rows)):
        raise InputError(f"{path}: {problems}; prompts are texts of 1 to {LONGEST:,} characters")
    prompts = list(dict.fromkeys(prompt for _, prompt in rows if prompt))
    if not prompts:
        raise InputError(f"{path} holds no prompts")
    blank = sum(not prompt for _, prompt in rows)
    if len(prompts) < len(rows):
        repeated = len(rows) - blank - len(prompts)
        note(f"{path}: {blank} blank and {repeated} repeated prompts are left out")
    return prompts


def _path_and_field(word: str) -> tuple[Path, str | None]:
    match = _COLUMN.fullmatch(word)
    return (Path(match["path"]), match["field"]) if match else (Path(word), None)


def _read(word: str, folder: Path) -> list[str]:
    path, field = _path_and_field(word)
    return read_own(folder / path, field)


def _format(path: Path, field: str | None) -> Format:
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{path} is no file of prompts (which end in {', '.join(_FORMATS)}); a prompt that reads like "
            "a path can stand in such a file"
        )
    if form == "txt" and field is not None:
        raise InputError(f"{path} has no column {field!r}: every line of a .txt file is a prompt")
    return form


def _problems(rows: list[PromptLine]) -> Iterator[str]:
    sets = prompt_sets()
    for line, prompt in rows:
        if len(prompt) > LONGEST:
            yield f"line {line} has {len(prompt):,} characters"
        elif any("\ud800" <= character <= "\udfff" for character in prompt):
            yield f"line {line} holds half of a surrogate pair"
        elif prompt in sets:
            yield f"line {line} would be taken for a set, {prompt!r}"
