"""The plug-ins of this package: the site is about these, whatever else is installed where it is built."""

from typing import TypeVar

from bench.registry import Entry, Registry

F = TypeVar("F")
P = TypeVar("P")


def shipped(registry: Registry[F, P]) -> list[Entry[F, P]]:
    """The entries of a registry that this package makes, by name."""
    entries = map(registry.get, registry.names())
    return [one for one in entries if one.factory.__module__.startswith(("bench.", "methods.", "rewards."))]
