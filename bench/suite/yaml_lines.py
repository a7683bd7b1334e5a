"""A YAML file as a validated model, and errors that name file, line and field."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bench.errors import InputError
from bench.suite.yaml_text import read_yaml
from bench.suite.yaml_tree import Location, YamlProblem

M = TypeVar("M", bound=BaseModel)


def load_validated(path: Path, model: type[M], kind: str) -> M:
    """The file as a `model`; `kind` is what messages call it.

    Raises:
        InputError: it cannot be read, is not YAML, or is not valid (with file, line, field and what was expected).
    """
    try:
        value, lines = read_yaml(_text(path, kind))
    except YamlProblem as problem:
        raise InputError(f"{path}:{problem.line}: {problem.message}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError("\n".join(_described(one, path, lines) for one in error.errors())) from None


def validated(value: Any, model: type[M], kind: str) -> M:  # noqa: ANN401 - any value
    """A value as a `model`; `kind` is what messages call it.

    Raises:
        InputError: it is not valid.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputError("\n".join(f"{kind}: {_problem(one)}" for one in error.errors())) from None


def _text(path: Path, kind: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {kind} {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: byte {error.object[error.start]:#x} is not UTF-8; save it as UTF-8") from None


def _described(problem: Any, path: Path, lines: dict[Location, int]) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    """One line: file, line, field, what was expected."""
    where = problem["loc"]
    twice = [(*where, item) for item in problem.get("ctx", {}).get("twice", ())]
    if not twice:
        return f"{path}:{_line(where, lines)}: {_problem(problem)}"
    first, again = (_line(item, lines) for item in twice)
    return f"{path}:{again}: {_problem(problem)}, first in line {first}"


def _problem(problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    field = ".".join(map(str, problem["loc"])) or "the file"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{field}: {message}" + ("" if "twice" in problem.get("ctx", {}) else f" (got {problem['input']!r:.80})")


def _line(location: Location, lines: dict[Location, int]) -> int:
    # A field of an experiment may stand at the top of the file, where it holds for all experiments.
    shared = location[2:] if location[:1] == ("experiments",) else location
    while location:
        for candidate in (location, shared):
            if candidate in lines:
                return lines[candidate]
        location, shared = location[:-1], shared[:-1]
    return lines.get((), 1)
