"""What a page of docs/ has where it says `<!-- insert: NAME -->`: made when the site is built."""

import re
from collections.abc import Callable, Iterator

from bench.registry import REGISTRIES
from bench.suite.needs import default_sources
from bench.suite.prompts import prompt_sets
from bench.testing.check import rules
from bench.weights.sizes import size_text
from bench.weights.source import Source
from website.markdown import escaped, table
from website.repository import ROOT
from website.shipped import shipped

_MARK = re.compile(r"<!-- insert: ([a-z-]+) -->")


def filled(text: str) -> str:
    """The text with every mark replaced.

    Raises:
        KeyError: there is nothing of that name.
    """
    return _MARK.sub(lambda mark: INSERTS[mark[1]](), text)


def _rules() -> str:
    """The rules of the conformance suite, by the names of its tests."""
    rows = [[f"`{name}`", escaped(rule)] for name, rule in rules().items()]
    return table(["test", "rule"], rows)


def _downloads() -> str:
    """What plug-ins with their default options, and prompt sets, need beside the package."""
    rows = [[kind, f"`{name}`", escaped(one.name), escaped(one.pin), size_text(one)] for kind, name, one in _sources()]
    return table(["kind", "name", "needs", "pinned by", "size"], rows)


def _sources() -> Iterator[tuple[str, str, Source]]:
    for registry in REGISTRIES.values():
        for entry in shipped(registry):
            yield from ((registry.kind, entry.name, one) for one in default_sources(entry))
    for name, prompts in prompt_sets().items():
        yield from (("prompts", name, one) for one in prompts.sources())


def _demo() -> str:
    """The first table of the demo's outcome, as `dno-bench table` wrote it."""
    text = (ROOT / "results/reference/demo/table.md").read_text(encoding="utf-8")
    first = next(part for part in re.split(r"(?m)^(?=#)", text) if "| method |" in part)
    return first.partition("\n")[2].strip()


INSERTS: dict[str, Callable[[], str]] = {"rules": _rules, "downloads": _downloads, "demo": _demo}
