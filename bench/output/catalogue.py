"""What there is to choose from, and what each thing is: for `dno-bench list` and `dno-bench show`."""

import inspect
import io
import tokenize
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any

from rich.table import Table

from bench.analysis.published.entries import all_published, find_published
from bench.analysis.published.text import describe, overview
from bench.errors import unknown_name
from bench.registry import METHODS, METRICS, MODELS, REWARDS, SET_METRICS, Entry, Registry
from bench.suite.needs import default_sources
from bench.suite.prompts import PromptSet, prompt_set, prompt_sets
from bench.suite.suite import load_suite, shipped_suites
from bench.weights.source import Missing, is_here, label

_REGISTRIES: dict[str, Registry] = {
    "methods": METHODS,
    "rewards": REWARDS,
    "models": MODELS,
    "metrics": METRICS,
    "set_metrics": SET_METRICS,
}
KINDS = [*_REGISTRIES, "prompts", "suites", "published"]
# What the tables of some kinds show beside name and summary.
_COLUMNS = {
    "models": ("weights", "licence"),
    "rewards": ("weights", "licence"),
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
    return _describe(_REGISTRIES[kind].get(name))


def _kind(word: str) -> str:
    for kind in (word, f"{word}s"):
        if kind in KINDS:
            return kind
    raise unknown_name("kind", word, KINDS)


def _rows(kind: str) -> list[tuple[str, ...]]:
    if kind == "prompts":
        return [_set_row(entry) for entry in prompt_sets().values()]
    if kind == "suites":
        return [(name, load_suite(name).description) for name in shipped_suites()]
    registry = _REGISTRIES[kind]
    rows = [_row(registry.get(name), kind in _COLUMNS) for name in registry.names()]
    return rows + [(name, f"BROKEN: {why}") for name, why in registry.broken.items()]


def _row(entry: Entry, with_weights: bool) -> tuple[str, ...]:
    own = (entry.name, entry.summary)
    return (*own, _weights(entry), entry.facts["licence"]) if with_weights else own


def _weights(entry: Entry) -> str:
    """What it needs with its default options and how that is pinned, or where else its weights are."""
    return "\n".join(map(label, default_sources(entry))) or str(entry.facts["weights"])


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


def _describe(entry: Entry) -> str:
    sources = _field_comments(entry.factory)
    options = [
        f"  {_option(field)}" + (f"   ({sources[field.name]})" if field.name in sources else "")
        for field in fields(entry.factory)
    ]
    facts = [f"  {key}: {value}" for key, value in entry.facts.items()]
    text = inspect.cleandoc(entry.factory.__doc__ or "")
    return "\n".join(
        [f"{entry.name}: {text}", "", *facts, f"  file: {entry.origin}", "", "options:", *(options or ["  none"])]
    )


def _option(field: Field[Any]) -> str:
    return f"{field.name} (required)" if field.default is MISSING else f"{field.name} = {field.default!r}"


def _field_comments(cls: type) -> dict[str, str]:
    """The comment behind each field of a dataclass and its bases, where a default's source is given."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        readline: Callable[[], str] = io.StringIO(inspect.getsource(base)).readline
        for token in tokenize.generate_tokens(readline):
            name, colon, _ = token.line.strip().partition(":")
            if token.type == tokenize.COMMENT and colon and name.isidentifier():
                found[name] = token.string.lstrip("# ")
    return found
