"""Options of plug-ins: the fields of a dataclass, each with its default, the source of that default, and checks."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import Field, asdict, field
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bench.errors import InputError, Interrupted, one_line
from bench.registry.protocols import Composite

T = TypeVar("T")


def option(default: T, *, source: str) -> T:
    """Give the field of a plug-in its default, and say where that comes from.

    Args:
        default: its value unless a suite says otherwise.
        source: the paper, the official code with what it calls the option, or "ours" with the reason.
    """
    return field(default=default, metadata={"source": source})


def source_of(one: Field[Any]) -> str:
    """Where the default of a field comes from; empty where nothing is said."""
    return str(one.metadata.get("source", ""))


def resolved_options(instance: object) -> dict[str, Any]:
    """Every option of a plug-in with its value, defaults included; `parts` holds those of what it is made of."""
    own: dict[str, Any] = asdict(instance)  # type: ignore[call-overload]
    if isinstance(instance, Composite):
        own["parts"] = {name: resolved_options(part) for name, part in instance.parts.items()}
    return own


def validated(factory: type[T], values: Mapping[str, Any]) -> T:
    """An instance of a dataclass, the types of its fields checked.

    Raises:
        InputError: a value is of the wrong type, is not finite, or is refused by the class.
    """
    try:
        instance: T = _adapter(factory).validate_python(dict(values))  # type: ignore[arg-type]
    except ValidationError as error:
        raise InputError(_first_problem(error)) from None
    except (InputError, Interrupted):
        raise
    except BaseException as error:  # the class is wrong, or its own check is
        raise InputError(f"class {factory.__qualname__} raises {one_line(error)}") from error
    # After the types are checked, for "nan" in quotes becomes a number only then.
    for name, value in _numbers({name: getattr(instance, name) for name in values}):
        if not math.isfinite(value):
            raise InputError(f"{name}: must be a finite number (got {value})")
    return instance


@cache
def _adapter(factory: type) -> TypeAdapter[Any]:
    """Kept: to make one takes longer than to validate with it, and a suite creates plug-ins by the thousand."""
    return TypeAdapter(factory)


def _numbers(value: object, where: str = "") -> Iterator[tuple[str, float]]:
    """Every float in nested options with the path to it."""
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _numbers(inner, f"{where}.{index}")


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    what = problem["msg"].removeprefix("Value error, ").replace("a valid tuple", "a list")
    return f"{where}: {what} (got {problem['input']!r})" if where else what
