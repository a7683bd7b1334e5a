"""The report of `dno-bench doctor`: this machine, what is on it, and what is still needed."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from bench.errors import InputError
from bench.output.machine import devices, folders, packages
from bench.registry import REGISTRIES
from bench.registry.registry import Registry
from bench.suite.needs import default_sources, suite_sources
from bench.suite.prompts import prompt_sets
from bench.suite.suite import load_suite, shipped_suites
from bench.weights.sizes import size_text
from bench.weights.source import Source, is_here, label


def report() -> Iterator[Table]:
    """One table a question; each may take a second or two."""
    yield _table("Installed", ("package", "version", ""), packages())
    yield _table("Devices", ("device", "name", "memory"), devices())
    yield _table("Folders", ("for", "path", "space"), folders())
    yield _table("Weights and data", ("kind", "name", "needs", "download", "here"), _needs())
    yield _table("Suites", ("suite", "ready", "what is missing", "get it with"), map(_suite_row, shipped_suites()))


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(*columns, box=None, title=title, title_justify="left", title_style="bold")
    for row in rows:
        table.add_row(*row)
    return table


def _needs() -> Iterator[tuple[str, ...]]:
    """A row for each thing that something needs, with the plug-ins' default options."""
    for registry in REGISTRIES.values():
        for name in registry.names():
            yield from _needs_of(registry, name)
        yield from ((registry.kind, name, "", "", f"broken: {why}") for name, why in registry.broken.items())
    for name, entry in prompt_sets().items():
        for source in entry.sources():
            yield "prompts", name, *_columns(source)


def _needs_of(registry: Registry[Any, Any], name: str) -> list[tuple[str, ...]]:
    try:
        return [(registry.kind, name, *_columns(one)) for one in default_sources(registry.get(name))]
    except Exception as error:  # a plug-in may raise anything, and the others are still to be told of
        return [(registry.kind, name, "", "", f"broken: {type(error).__name__}: {error}")]


def _columns(source: Source) -> tuple[str, str, str]:
    return label(source), size_text(source), _state(source)


def _state(source: Source) -> str:
    try:
        return "yes" if is_here(source) else "no"
    except InputError as error:
        return str(error)
    except Exception as error:  # whatever lies in the place of a cache
        return f"cannot be read: {type(error).__name__}: {error}"


def _suite_row(name: str) -> tuple[str, str, str, str]:
    try:
        sources = suite_sources(load_suite(name))
    except Exception as error:
        return name, "no", f"broken: {error}", ""
    states = {label(source): _state(source) for source in sources}
    missing = [source if state == "no" else state for source, state in states.items() if state != "yes"]
    if not missing:
        return name, "yes", "", ""
    return name, "no", "\n".join(missing), f"dno-bench fetch {name}"
