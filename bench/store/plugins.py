"""The plug-ins of a run as its folder keeps them: every option that ran, defaults included, and what each declared.

Tables and plots take families, directions and the like from here, so that a run can be read where its plug-ins are not.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.registry import resolved_options
from bench.store.files import read_jsonl, write_atomically
from bench.suite.cell import create, plugin
from bench.suite.plugins import plugins_of
from bench.suite.suite import Suite

PLUGINS = "plugins.jsonl"


@dataclass(frozen=True)
class PluginRecord:
    """One plug-in under one label.

    Attributes:
        kind: "model", "reward", "method", "metric" or "set_metric".
        label: what the suite calls it.
        name: what the registry calls it.
        options: every option with the value that it ran with.
        facts: what it declared of itself, such as `family` or `higher_is_better`.
        sha256: of the file that defines it.
    """

    kind: str
    label: str
    name: str
    options: Mapping[str, Any]
    facts: Mapping[str, Any]
    sha256: str


def records_of(suite: Suite) -> list[PluginRecord]:
    """All plug-ins of a checked suite, each label once."""
    found = {(one.kind, one.label): one for one in _records(suite)}
    return list(found.values())


def write_plugins(run: Path, records: list[PluginRecord]) -> None:
    """Write the records of a run into its folder."""
    write_atomically(run / PLUGINS, "".join(f"{json.dumps(asdict(one), default=str)}\n" for one in records))


def read_plugins(run: Path) -> list[PluginRecord]:
    """The records of a run."""
    return [PluginRecord(**row) for row in read_jsonl(run / PLUGINS)]


def _records(suite: Suite) -> Iterator[PluginRecord]:
    for registry, label, options in plugins_of(suite):
        entry = plugin(registry, label, options)
        resolved = resolved_options(create(registry, label, options))
        yield PluginRecord(registry.kind, label, entry.name, resolved, asdict(entry.facts), entry.sha256)
