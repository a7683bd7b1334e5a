"""A user's own file of prompts, which may stand wherever the name of a set may."""

from collections.abc import Iterator
from pathlib import Path

from bench.errors import InputError
from bench.suite.prompts.formats import Format, Row, read_rows
from bench.suite.prompts.sets import prompt_sets

LONGEST = 1000
"""Characters of a prompt: beyond, a file is likely not one of prompts, and every text encoder cuts at a few hundred."""

_FORMATS: dict[str, Format] = {".txt": "txt", ".csv": "csv", ".jsonl": "jsonl"}


def is_file(word: str) -> bool:
    """Whether a word in place of a prompt is the path of a file: it ends in .txt, .csv or .jsonl."""
    return Path(word).suffix.lower() in _FORMATS


def with_files_read(words: list[str]) -> list[str]:
    """`words`, each path of a file replaced by the prompts in it; what a run is stored with must not change later.

    Raises:
        InputError: a file cannot be read, or its prompts are not as they should be (see `read_own`).
    """
    return [prompt for word in words for prompt in (read_own(Path(word)) if is_file(word) else [word])]


def read_own(path: Path) -> list[str]:
    """The prompts of a file: lines of .txt, the column `prompt` of .csv, the key `prompt` of the lines of .jsonl.

    Raises:
        InputError: the file is not in its format, or, all in one message with their lines: prompts that are empty,
            stand twice, are longer than `LONGEST`, or mean a set or a file themselves.
    """
    rows = read_rows(path, _FORMATS[path.suffix.lower()], "prompt")
    if problems := "; ".join(_problems(rows)):
        raise InputError(f"{path}: {problems}; prompts are different texts of 1 to {LONGEST:,} characters")
    if not rows:
        raise InputError(f"{path} holds no prompts")
    return [prompt for _, prompt in rows]


def _problems(rows: list[Row]) -> Iterator[str]:
    first: dict[str, int] = {}
    sets = prompt_sets()
    for line, prompt in rows:
        if not prompt:
            yield f"line {line} is empty"
        elif first.setdefault(prompt, line) != line:
            yield f"line {line} repeats line {first[prompt]}"
        elif len(prompt) > LONGEST:
            yield f"line {line} has {len(prompt):,} characters"
        elif prompt in sets or is_file(prompt):
            yield f"line {line} would be taken for a set or file, {prompt!r}"
