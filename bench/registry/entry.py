"""A registered class."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from bench.errors import InputError, unknown_name
from bench.registry.options import validated

F = TypeVar("F")
P = TypeVar("P")


@dataclass(frozen=True)
class Entry(Generic[F, P]):
    """A registered class.

    Attributes:
        name: what suites call it.
        kind: such as "method".
        factory: a dataclass whose fields are the options.
        facts: what its author declared of it.
        sha256: of the file that defines it, as it was imported, or of what else it is made of; empty where there is
            neither.
    """

    name: str
    kind: str
    factory: type
    facts: F
    sha256: str

    @property
    def summary(self) -> str:
        """The first line of the class's docstring."""
        return (self.factory.__doc__ or "").strip().split("\n")[0]

    @property
    def origin(self) -> str:
        """The file that defines the class, or its module where there is no file."""
        return file_of(self.factory) or self.factory.__module__

    def create(self, options: Mapping[str, Any]) -> P:
        """An instance with `options` over the dataclass's defaults.

        Raises:
            InputError: an option is unknown, of the wrong type, not finite, or refused by the class.
        """
        known = [field.name for field in fields(self.factory) if field.init]
        for option in options:
            if option not in known:
                raise unknown_name(f"option of {self.kind} {self.name!r}:", option, known)
        try:
            made: P = validated(self.factory, options)
        except InputError as error:
            raise type(error)(f"{self.kind} {self.name!r}: {error}") from error
        return made


def file_of(factory: type) -> str:
    """The file that defines a class; empty where there is none."""
    return getattr(sys.modules.get(factory.__module__), "__file__", None) or ""
