"""Files of prompts: one a line of text, a column of a table, a key of JSON objects."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from bench.errors import InputError

Format = Literal["txt", "csv", "tsv", "jsonl", "json", "parquet"]
# The line of a prompt, counted from 1 (in json: the object, in parquet: the row), and the prompt without spaces around.
PromptLine = tuple[int, str]


def read_rows(path: Path, form: Format, field: str) -> list[PromptLine]:
    """All prompts of a file in its order, empty ones too.

    Args:
        path: a UTF-8 file, with or without a byte order mark.
        form: `txt`: a prompt a line. `csv`: quoted as spreadsheets do, with a header. `tsv`: tabs, a header, and quotes
            that are part of the text (so PartiPrompts). `jsonl`: an object a line. `json`: a list of objects.
            `parquet`: a column of texts.
        field: the column or key that holds the prompt; not used in `txt`.

    Raises:
        InputError: it cannot be read, or is not in that format; says where.
    """
    try:
        rows = _parquet(path, field) if form == "parquet" else _rows(path.read_text(encoding="utf-8-sig"), form, field)
        return [(line, prompt.strip()) for line, prompt in rows]
    except OSError as error:
        raise InputError(f"cannot read prompts {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"cannot read prompts {path}: it is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not a {form} file of prompts: {' '.join(str(error).split())}") from None


def _parquet(path: Path, field: str) -> Iterator[PromptLine]:
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(path)
    if field not in file.schema_arrow.names:
        raise ValueError(f"it has no column {field!r} (but {', '.join(map(repr, file.schema_arrow.names))})")
    texts = [text or "" for text in file.read([field]).column(field).to_pylist()]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"its column {field!r} holds no texts")
    return enumerate(texts, 1)


def _rows(text: str, form: Format, field: str) -> Iterator[PromptLine]:
    if form == "txt":
        return enumerate(_lines(text), 1)
    if form == "jsonl":
        return _json_lines(text, field)
    if form == "json":
        return _json_list(text, field)
    return _table(text, "," if form == "csv" else "\t", csv.QUOTE_MINIMAL if form == "csv" else csv.QUOTE_NONE, field)


def _lines(text: str) -> list[str]:
    # Not splitlines, which also breaks at characters that a prompt may hold.
    return text.removesuffix("\n").split("\n") if text else []


def _table(text: str, delimiter: str, quoting: Literal[0, 3], field: str) -> Iterator[PromptLine]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    try:
        header = next(reader, [])
        if field not in header:
            raise ValueError(
                f"its first line names no column {field!r} (but {', '.join(map(repr, header)) or 'nothing'})"
            )
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                raise ValueError(
                    f"line {line} has {len(cells)} cells and not {len(header)}; a prompt with commas stands in quotes"
                )
            yield line, cells[header.index(field)] if cells else ""
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _json_lines(text: str, field: str) -> Iterator[PromptLine]:
    for number, line in enumerate(_lines(text), 1):
        yield number, _value(_loads(line, number), field, f"line {number}") if line.strip() else ""


def _loads(line: str, number: int) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {number}: {error.msg} at character {error.colno}") from None


def _json_list(text: str, field: str) -> Iterator[PromptLine]:
    entries = json.loads(text)
    if not isinstance(entries, list):
        raise ValueError("it holds no list")
    for number, entry in enumerate(entries, 1):
        yield number, _value(entry, field, f"object {number}")


def _value(entry: Any, field: str, where: str) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(entry, dict) or not isinstance(entry.get(field), str):
        raise ValueError(f"{where} is no object with a text {field!r}")
    value: str = entry[field]
    return value
