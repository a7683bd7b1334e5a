"""The report of `dno-bench doctor`: this machine, what is on it, and what is still needed."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from bench.errors import InputError
from bench.output.machine import devices, folders, packages
from bench.registry import REGISTRIES
from bench.suite.needs import default_sources, suite_sources
from bench.suite.prompts import prompt_sets
from bench.suite.suite import load_suite, shipped_suites
from bench.weights.source import Source, is_here, label


def report() -> Iterator[Table]:
    """One table a question; each may take a second or two."""
    yield _table("Installed", ("package", "version", ""), packages())
    yield _table("Devices", ("device", "name", "memory"), devices())
    yield _table("Folders", ("for", "path", "space"), folders())
    yield _table("Weights and data", ("kind", "name", "needs", "here"), _needs())
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
            for source in default_sources(registry.get(name)):
                yield registry.kind, name, label(source), _state(source)
        yield from ((registry.kind, name, "", f"broken: {why}") for name, why in registry.broken.items())
    for name, entry in prompt_sets().items():
        for source in entry.sources():
            yield "prompts", name, label(source), _state(source)


def _state(source: Source) -> str:
    try:
        return "yes" if is_here(source) else "no"
    except InputError as error:
        return str(error)


def _suite_row(name: str) -> tuple[str, str, str, str]:
    states = {label(source): _state(source) for source in suite_sources(load_suite(name))}
    missing = [source if state == "no" else state for source, state in states.items() if state != "yes"]
    if not missing:
        return name, "yes", "", ""
    return name, "no", "\n".join(missing), f"dno-bench fetch {name}"
