"""What a reader needs to trust a run: what failed, with which settings it ran, where its time went, whence it came."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bench.store.folder import RunStore
from bench.store.plugins import PluginRecord
from bench.suite.budget import budget_text
from bench.suite.text import to_yaml

PURPOSES = ("setup", "warm_up", "capture", "method", "evaluation", "logging")
"""What a ledger books seconds under."""


class Failure(NamedTuple):
    """A cell that raised an error."""

    run: str
    method: str
    reward: str
    prompt: str
    seed: int
    error: str


class Setting(NamedTuple):
    """A plug-in as it ran: each option with its value, the file that defines it and the digest of that file."""

    kind: str
    label: str
    name: str
    options: list[tuple[str, str]]
    source: str
    sha256: str


class Spent(NamedTuple):
    """Where the time of a run's finished cells went.

    Attributes:
        run: its name. cells: how many finished.
        seconds: for each of `PURPOSES`.
        booked: the share of the wall time that these are, NaN without cells.
        overshoot: by how much at most a cell went on past its budget, for each unit of budgets.
    """

    run: str
    cells: int
    seconds: list[float]
    booked: float
    overshoot: str


class Origin(NamedTuple):
    """Where a run came from: for each command that planned something in it pairs of what and which; weights; suite."""

    name: str
    commands: list[list[tuple[str, str]]]
    weights: list[tuple[str, str]]
    suite: str


def failures(runs: Mapping[str, Path]) -> list[Failure]:
    """The failed cells of all runs, each with the line of its error."""
    found = []
    for name, path in runs.items():
        store = RunStore.open(path)
        for one in store.planned():
            end = store.cell(one.cell).end()
            if end.kind == "failed":
                found.append(Failure(name, one.method, one.reward, one.prompt, one.seed, end.record["error"]))
    return found


def settings(plugins: Iterable[PluginRecord]) -> list[Setting]:
    """All options of all plug-ins, as they would be written in JSON."""
    return [
        Setting(
            one.kind.replace("_", " "),
            one.label,
            one.name,
            [(name, json.dumps(value, ensure_ascii=False)) for name, value in one.options.items()],
            one.source,
            one.sha256,
        )
        for one in plugins
    ]


def ledger(runs: Mapping[str, Path]) -> list[Spent]:
    """Where the time of each run's finished cells went."""
    return [_spent(name, RunStore.open(path)) for name, path in runs.items()]


def origins(runs: Mapping[str, Path]) -> list[Origin]:
    """The provenance of each run."""
    return [_origin(name, path) for name, path in runs.items()]


def _spent(name: str, store: RunStore) -> Spent:
    ended = [(one.budget_unit, store.cell(one.cell).read("done")) for one in store.planned()]
    done = [(unit, row) for unit, row in ended if row]
    seconds = [sum(row["ledger"].get(purpose, 0.0) for _, row in done) for purpose in PURPOSES]
    wall = sum(row["wall"] for _, row in done)
    overshoot: dict[str, float] = defaultdict(float)
    for unit, row in done:
        overshoot[unit] = max(overshoot[unit], float(f"{row['overshoot']:.3g}"))
    said = ", ".join(budget_text(amount, unit) for unit, amount in overshoot.items())
    return Spent(name, len(done), seconds, sum(seconds) / wall if wall else float("nan"), said)


def _origin(name: str, path: Path) -> Origin:
    store = RunStore.open(path)
    known = store.invocations()
    weights = {file: digest for one in known for file, digest in one.get("weights", {}).items()}
    return Origin(name, [_command(one) for one in known], sorted(weights.items()), to_yaml(store.suite()))


def _command(known: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("command", " ".join(known.get("command", []))),
        ("started", str(known.get("started", "unknown"))),
        ("code", _commit(known.get("git") or {})),
        ("devices", _devices(known.get("devices", []))),
        ("threads", f"{known.get('threads', 'unknown')} on {known.get('processors', 'unknown')} processors"),
        ("python", f"{known.get('python', 'unknown')} on {known.get('platform', 'unknown')}"),
        *sorted((str(package), str(version)) for package, version in known.get("versions", {}).items()),
    ]


def _devices(devices: list[Mapping[str, str]]) -> str:
    """Those of a command; one that submits jobs has none of its own."""
    named = ", ".join(f"{one['name']} ({one['device']})" for one in devices)
    return named or "those of its jobs, see jobs/*.provenance.json"


def _commit(git: Mapping[str, Any]) -> str:
    if not git:
        return "not a checkout"
    return f"{git['sha']}{', with uncommitted changes' if git['dirty'] else ''}"
