"""What there is to choose from, and what each thing is: for `dno-bench list` and `dno-bench show`."""

import inspect
from dataclasses import MISSING, Field, asdict, fields
from typing import Any

from rich.table import Table

from bench.analysis.published.entries import all_published, find_published
from bench.analysis.published.text import describe, overview
from bench.errors import unknown_name
from bench.registry import REGISTRIES, Entry, Registry, source_of
from bench.suite.grids import GRID_KINDS
from bench.suite.needs import default_sources
from bench.suite.prompts import PromptSet, prompt_set, prompt_sets
from bench.suite.suite import Suite, shipped_suites
from bench.suite.yaml_lines import load_validated
from bench.weights.source import Missing, is_here, label

KINDS = [*REGISTRIES, "prompts", "suites", "published"]
# What the tables of some kinds show beside name and summary; of plug-ins these are facts.
_COLUMNS = {
    "methods": ("gradient",),
    "rewards": ("media", "weights", "licence"),
    "models": ("medium", "weights", "licence"),
    "metrics": ("media",),
    "set_metrics": ("media",),
    "prompts": ("prompts", "licence", "here"),
}


def listing(kind: str) -> Table:
    """A table of all names of `kind` with a line each.

    Raises:
        InputError: no such kind.
    """
    kind = _kind(kind)
    if kind == "published":
        return overview(all_published().values())
    table = Table("name", "what it is", box=None)
    for column in _COLUMNS.get(kind, ()):
        table.add_column(column, overflow="fold")
    for row in _rows(kind):
        table.add_row(*row)
    return table


def details(kind: str, name: str) -> str:
    """All that is known of one thing.

    Raises:
        InputError: no such kind or name.
    """
    kind = _kind(kind)
    if kind == "prompts":
        return _describe_set(prompt_set(name))
    if kind == "suites":
        if name not in shipped_suites():
            raise unknown_name("suite", name, shipped_suites())
        return shipped_suites()[name].read_text(encoding="utf-8").rstrip()
    if kind == "published":
        return describe(find_published(name))
    return _describe(REGISTRIES[kind].get(name))


def by_family(registry: Registry[Any, Any]) -> list[Entry[Any, Any]]:
    """Methods by family; what has none stays in the order of names."""
    return sorted(map(registry.get, registry.names()), key=lambda entry: getattr(entry.facts, "family", ""))


def _kind(word: str) -> str:
    for kind in (word, f"{word}s"):
        if kind in KINDS:
            return kind
    raise unknown_name("kind", word, KINDS)


def _rows(kind: str) -> list[tuple[str, ...]]:
    if kind == "prompts":
        return [_set_row(entry) for entry in prompt_sets().values()]
    if kind == "suites":
        # As they are written: to spell out a grid takes the methods, and those take torch.
        return [(name, load_validated(path, Suite, "suite").description) for name, path in shipped_suites().items()]
    registry = REGISTRIES[kind]
    rows: list[tuple[str, ...]] = []
    family = ""
    for one in by_family(registry):
        if kind == "methods" and one.facts.family != family:
            family = one.facts.family
            rows.append((f"{family}:",))
        rows.append((one.name, one.summary, *(_fact(one, column) for column in _COLUMNS[kind])))
    return rows + [(name, f"BROKEN: {why}") for name, why in registry.broken.items()]


def _fact(entry: Entry[Any, Any], name: str) -> str:
    value = getattr(entry.facts, name)
    if name == "weights":
        # What it needs with its default options and how that is pinned, or where else its weights are.
        return "\n".join(map(label, default_sources(entry))) or str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _set_row(entry: PromptSet) -> tuple[str, ...]:
    here = "yes" if all(is_here(source) for source in entry.sources()) else "no"
    return entry.name, entry.description, str(entry.size), entry.licence, here


def _describe_set(entry: PromptSet) -> str:
    facts = {"source": entry.source, **entry.model_dump(exclude={"name", "description", "source"})}
    lines = [f"{entry.name}: {entry.description}", *(f"  {key}: {value}" for key, value in facts.items())]
    try:
        return "\n".join([*lines, "", *entry.prompts()])
    except Missing as error:
        return "\n".join([*lines, "", str(error)])


def _describe(entry: Entry[Any, Any]) -> str:
    facts = [f"  {key}: {value}" for key, value in asdict(entry.facts).items()]
    options = [f"  {_option(field)}" for field in fields(entry.factory)]
    text = inspect.cleandoc(entry.factory.__doc__ or "")
    header = f"options{', of which a suite may list several values' if entry.kind in GRID_KINDS else ''}:"
    return "\n".join(
        [f"{entry.name}: {text}", "", *facts, f"  file: {entry.origin}", "", header, *(options or ["  none"])]
    )


def _option(field: Field[Any]) -> str:
    if field.default is MISSING:
        return f"{field.name} (required)"
    source = source_of(field)
    return f"{field.name} = {field.default!r}" + (f"   ({source})" if source else "")
