"""YAML with the line of every field, so that an error can say where."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bench.errors import InputError

M = TypeVar("M", bound=BaseModel)
Location = tuple[str | int, ...]


def load_validated(path: Path, model: type[M], kind: str) -> M:
    """The file as a `model`; `kind` is what messages call it.

    Raises:
        InputError: it cannot be read, is not YAML, or is not valid (with file, line, field and what was expected).
    """
    try:
        value, lines = load_with_lines(path)
    except OSError as error:
        raise InputError(f"cannot read {kind} {path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError(describe(error, path, lines)) from None


def load_with_lines(path: Path) -> tuple[Any, dict[Location, int]]:
    """The file's value, and the line (from 1) of each key and item.

    Raises:
        OSError: the file cannot be read.
        yaml.YAMLError: it is not YAML.
    """
    text = path.read_text(encoding="utf-8")
    lines: dict[Location, int] = {}
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is not None:
        _walk(root, (), lines)
    return yaml.safe_load(text), lines


def _walk(node: yaml.Node, location: Location, lines: dict[Location, int]) -> None:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*location, key.value)] = key.start_mark.line + 1
            _walk(value, (*location, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*location, index), lines)


def describe(error: ValidationError, path: Path, lines: dict[Location, int]) -> str:
    """One line a problem: file, line, field, what was expected."""
    return "\n".join(
        f"{path}:{_line(problem['loc'], lines)}: {'.'.join(map(str, problem['loc'])) or 'the file'}: "
        f"{problem['msg'].removeprefix('Value error, ')} (got {problem['input']!r:.80})"
        for problem in error.errors()
    )


def _line(location: Location, lines: dict[Location, int]) -> int:
    # A field of an experiment may stand at the top of the file, where it holds for all experiments.
    shared = location[2:] if location[:1] == ("experiments",) else location
    while location:
        for candidate in (location, shared):
            if candidate in lines:
                return lines[candidate]
        location, shared = location[:-1], shared[:-1]
    return lines.get((), 1)
