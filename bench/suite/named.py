"""Plug-ins as a suite names them: a list of names, or names to options."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")


def labelled(name: str, options: object) -> tuple[str, object]:
    """The label and options of an entry: `path.py@name` is `name` with `use`."""
    path, _, label = name.rpartition("@")
    if path and (options is None or isinstance(options, dict)):
        return label, {"use": name, **(options or {})}
    return name, {} if options is None else options


def _named_options(value: object) -> object:
    """A list of names as a mapping of names to options.

    Raises:
        ValueError: it is neither, or a label stands twice or is none.
    """
    if not isinstance(value, list | dict):
        raise ValueError("a list of names, or names to options")
    found: dict[str, object] = {}
    where: dict[str, int | str] = {}
    for item, name, options in _entries(value):
        label, own = labelled(name, options)
        _check_label(label)
        if label in found:
            raise _twice(label, where[label], item)
        found[label], where[label] = own, item
    return found


def _entries(value: list[Any] | dict[Any, Any]) -> Iterator[tuple[int | str, str, object]]:
    """Where an entry stands in `value`, its name and options."""
    if isinstance(value, dict):
        yield from ((name, str(name), options) for name, options in value.items())
        return
    for index, name in enumerate(value):
        if not isinstance(name, str):
            raise ValueError(f"item {index + 1} is no name; options stand in a mapping, `NAME: {{...}}` without a dash")
        yield index, name, None


def _check_label(label: str) -> None:
    if not label.strip() or not label.isprintable() or {"/", "\\"} & set(label):
        raise ValueError(f"{label!r} is no label; labels are printed, and hold no / or \\ (`use` names what is behind)")


def _each_once(values: list[T]) -> list[T]:
    first: dict[T, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            raise _twice(value, first[value], index)
    return values


def _twice(value: object, first: int | str, again: int | str) -> PydanticCustomError:
    return PydanticCustomError("twice", "{value} stands twice", {"value": repr(value), "twice": [first, again]})


Metrics = Annotated[dict[str, dict[str, Any]], BeforeValidator(_named_options)]
NamedOptions = Annotated[Metrics, Field(min_length=1)]
EachOnce = AfterValidator(_each_once)
