"""The plug-ins of a run as its folder keeps them: every option that ran, defaults included, and what each declared.

Tables and plots take families, directions and the like from here, so that a run can be read where its plug-ins are not.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import bench
from bench.registry import METHODS, METRICS, MODELS, REWARDS, Entry, Registry, resolved_options
from bench.store.files import DamagedError, read_whole_jsonl
from bench.store.spreadsheet import inert
from bench.suite.cell import Cell, create, plugin, source_digest
from bench.suite.plugins import plugins_of
from bench.suite.suite import Suite

PLUGINS = "plugins.jsonl"
OPTIONS = "methods.csv"


@dataclass(frozen=True)
class PluginRecord:
    """One plug-in under one label.

    Attributes:
        kind: "model", "reward", "method", "metric" or "set_metric".
        label: what the suite calls it.
        name: what the registry calls it.
        options: every option with the value that it ran with.
        facts: what it declared of itself, such as `family` or `higher_is_better`.
        source: the file that defines it, within the package or by its name.
        sha256: of that file; of a reward made of others, of the files of all.
    """

    kind: str
    label: str
    name: str
    options: Mapping[str, Any]
    facts: Mapping[str, Any]
    source: str
    sha256: str


def records_of(suite: Suite) -> list[PluginRecord]:
    """All plug-ins of a checked suite, each label once."""
    found = {(one.kind, one.label): one for one in _records(suite)}
    return list(found.values())


def records_of_cell(cell: Cell) -> dict[str, PluginRecord]:
    """What one cell runs, by the keys of `Cell.sources`."""
    metrics = {f"metric {label}": _record(METRICS, label, options) for label, options in cell.metrics.items()}
    return {
        "model": _record(MODELS, cell.model, cell.model_options),
        "reward": _record(REWARDS, cell.reward, cell.reward_options),
        "method": _record(METHODS, cell.method, cell.method_options),
    } | metrics


def plugins_text(records: Iterable[PluginRecord]) -> str:
    """The records of a run as `plugins.jsonl` holds them."""
    return "".join(f"{json.dumps(asdict(one), default=str)}\n" for one in records)


def options_csv(records: Iterable[PluginRecord]) -> str:
    """One row an option that ran, for people: also a plug-in without options has one."""
    rows = [
        (one.kind, one.label, one.name, option, value, one.source, one.sha256)
        for one in records
        for option, value in (one.options or {"": ""}).items()
    ]
    text = io.StringIO()
    columns = ("kind", "label", "name", "option", "value", "source", "sha256")
    csv.writer(text, lineterminator="\n").writerows([columns, *(map(inert, row) for row in rows)])
    return text.getvalue()


def records_as_kept(suite: Suite) -> list[PluginRecord]:
    """All plug-ins of a checked suite as `read_plugins` gives them: tuples have become lists."""
    return [PluginRecord(**json.loads(line)) for line in plugins_text(records_of(suite)).splitlines()]


def read_plugins(run: Path) -> list[PluginRecord]:
    """The records of a run.

    Raises:
        DamagedError: `plugins.jsonl` is gone, or a line of it is no record.
    """
    try:
        return [PluginRecord(**row) for row in read_whole_jsonl(run / PLUGINS)]
    except TypeError:
        raise DamagedError(f"{run / PLUGINS} holds something else than plug-ins") from None


def _records(suite: Suite) -> Iterator[PluginRecord]:
    for registry, label, options in plugins_of(suite):
        yield _record(registry, label, options)


def _record(registry: Registry[Any, Any], label: str, options: Mapping[str, Any]) -> PluginRecord:
    entry = plugin(registry, label, options)
    resolved = resolved_options(create(registry, label, options))
    digest = source_digest(registry, label, options)
    return PluginRecord(registry.kind, label, entry.name, resolved, asdict(entry.facts), _source(entry), digest)


def _source(entry: Entry[Any, Any]) -> str:
    """Without the folders of this machine."""
    path, root = Path(entry.origin), Path(bench.__file__).parent.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
