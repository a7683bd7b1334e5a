"""The plug-ins of a run as its folder keeps them: every option that ran, defaults included, and what each declared.

Tables and plots take families, directions and the like from here, so that a run can be read where its plug-ins are not.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.registry import METHODS, METRICS, MODELS, REWARDS, SET_METRICS, Registry
from bench.store.files import read_jsonl, write_atomically
from bench.suite.cell import create, plugin
from bench.suite.suite import Suite

PLUGINS = "plugins.jsonl"
_REGISTRIES = {"models": MODELS, "rewards": REWARDS, "methods": METHODS, "metrics": METRICS}


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
    for experiment in suite.experiments:
        for field, registry in _REGISTRIES.items():
            for label, options in getattr(experiment, field).items():
                yield _record(registry, label, options)
    for label, options in suite.set_metrics.items():
        yield _record(SET_METRICS, label, options)


def _record(registry: Registry, label: str, options: Mapping[str, Any]) -> PluginRecord:
    entry = plugin(registry, label, options)
    digest = sha256(Path(entry.origin).read_bytes()).hexdigest()
    return PluginRecord(
        registry.kind, label, entry.name, asdict(create(registry, label, options)), dict(entry.facts), digest
    )
