"""A page for each method, from what its file, its options, its costs and the outcomes say of it."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from bench.analysis.published.entries import Published, all_published
from bench.registry import METHODS, Entry, Method, MethodFacts, source_of
from bench.testing.method_table import STEPS, method_table, third_offer
from website.listing import beside, toolkit
from website.markdown import escaped, prose, table
from website.outcomes import outcome_table
from website.shipped import shipped

MethodEntry = Entry[MethodFacts, Method]
_HEAD = "---\nhide:\n  - toc\n---"  # the listing stands beside the equations and takes the room
COUNTED = (
    f"An offer takes, on a model of {STEPS} steps at the default options, so many denoiser evaluations (+ those "
    "differentiated), rewards → samples that are offered. The harness keeps the best."
)


def method_pages() -> Iterator[tuple[str, str]]:
    """The path and the text of each page: one of all methods, then one of each in this package."""
    linked = re.sub(r"\| `([^`]+)` \|", r"| [`\1`](\1.md) |", method_table())
    yield "methods/index.md", f"# All methods\n\n{linked}\n\n{COUNTED}\n"
    for entry in shipped(METHODS):
        yield f"methods/{entry.name}.md", method_page(entry)


def method_page(entry: MethodEntry) -> str:
    """All that is known of a method."""
    parts = [_HEAD, f"# `{entry.name}`", prose(inspect.cleandoc(entry.factory.__doc__ or "")), _facts(entry)]
    parts += ["## Equations and lines", *_ancestors(entry), beside(entry), toolkit(entry)]
    parts += ["## Options", _options(entry), "## Cost", _cost(entry)]
    parts += _titled("## Measured", _measured(entry)) + _titled("## Published numbers", _published(entry.name))
    return "\n\n".join(filter(None, parts)) + "\n"


def _titled(title: str, text: str) -> list[str]:
    return [title, text] if text else []


def _facts(entry: MethodEntry) -> str:
    """What the method declares, where it is not what most declare."""
    facts = entry.facts
    paper = f"<{facts.paper}>" if facts.paper.startswith("http") else escaped(facts.paper)
    words = [
        f"family: {facts.family}",
        f"paper: {paper}",
        "needs the reward's gradient, and so a differentiable reward" if facts.gradient else "needs no gradient",
        "" if facts.selects else "the latest sample stands for it, not the best (`selects=False`)",
        "" if facts.anytime else "its result means something only at the budget that was asked for (`anytime=False`)",
        "samples otherwise than the model does by itself (`own_sampling=True`)" if facts.own_sampling else "",
    ]
    return "\n".join(f"- {word}" for word in words if word)


def _ancestors(entry: MethodEntry) -> list[str]:
    """The methods that it is a variant of: what is not in its own lines stands there."""
    by_class = {one.factory: one.name for one in shipped(METHODS)}
    names = [by_class[base] for base in entry.factory.__mro__[1:] if base in by_class]
    links = " and ".join(f"[`{name}`]({name}.md)" for name in names)
    return [f"What does not stand here is that of {links}."] if names else []


def _options(entry: MethodEntry) -> str:
    hints = get_type_hints(entry.factory)
    rows = [
        [f"`{one.name}`", f"`{_default(one)}`", escaped(_kind(hints[one.name])), escaped(source_of(one))]
        for one in fields(entry.factory)
    ]
    return table(["option", "default", "takes", "where the default comes from"], rows) if rows else "It has none."


def _default(one: Field[Any]) -> str:
    return "required" if one.default is MISSING else repr(one.default)


def _kind(hint: Any) -> str:  # noqa: ANN401 - any type
    """A type in words: `'auto'` or a number rather than `Literal['auto'] | float`."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(map(repr, args))
    if origin in (Union, UnionType):
        return " or ".join(map(_kind, args))
    if hint is NoneType:
        return "None"
    return hint.__name__ if isinstance(hint, type) and not args else str(hint)


def _cost(entry: MethodEntry) -> str:
    head = ["denoiser evaluations", "differentiated", "decodes", "rewards", "samples offered"]
    counts = [str(count) for count in third_offer(entry)]
    return f"{table(head, [counts])}\n\nOf one offer, on a model of {STEPS} steps at the defaults."


def _measured(entry: MethodEntry) -> str:
    found = outcome_table(entry)
    what = "Reward at the largest budget, mean [95 % interval over prompts]; beside it methods of the same cells."
    return f"{found}\n\n{what} What an interval says, and what not: [statistics](../statistics.md)." if found else ""


def _published(name: str) -> str:
    """The published entries with a place beside this method."""
    return "\n".join(_entry_line(one) for one in all_published().values() if name in _places(one))


def _places(published: Published) -> set[str]:
    """The methods of ours that an entry's values are compared with."""
    entry = published.entry
    ours = [*(curve.ours for curve in entry.curves), *(entry.table.ours if entry.table else [])]
    return {one.method for one in ours if one}


def _entry_line(published: Published) -> str:
    entry = published.entry
    run = f"; `dno-bench reproduce {entry.id}` puts ours beside it" if entry.suite else ""
    return f"- `{entry.id}`: {escaped(entry.title)} ({escaped(published.source.title)}, {escaped(entry.where)}){run}"
