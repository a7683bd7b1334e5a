"""What a reader needs to trust a run: what failed, where it came from, where its time went."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bench.store.folder import RunStore


class Failure(NamedTuple):
    """A cell that raised an error."""

    run: str
    method: str
    reward: str
    prompt: str
    seed: int
    error: str


class Origin(NamedTuple):
    """Where a run came from: pairs of what and which, the hashes of its weights, its suite."""

    name: str
    facts: list[tuple[str, str]]
    weights: list[tuple[str, str]]
    suite: str


def failures(runs: Mapping[str, Path]) -> list[Failure]:
    """The failed cells of all runs, each with the line of its error."""
    found = []
    for name, path in runs.items():
        for cell in RunStore.open(path).cells():
            why = {} if cell.done else cell.read("failed")
            if why:
                own = cell.read("cell")
                keys = (own["method"], own["reward"], own["prompt"], own["seed"])
                found.append(Failure(name, *keys, why["error"]))
    return found


def origins(runs: Mapping[str, Path]) -> list[Origin]:
    """The provenance of each run."""
    return [_origin(name, path) for name, path in runs.items()]


def ledger(runs: Mapping[str, Path]) -> pd.DataFrame:
    """Where the time of the finished cells went.

    Returns:
        One row a run: seconds of `setup`, `warm_up`, `method`, `evaluation`, `logging` and their sum's share of the
        wall time, `booked`; `overshoot`, the largest time that a cell went on past its budget; `cells`.
    """
    rows = []
    for name, path in runs.items():
        done = [cell.read("done") for cell in RunStore.open(path).cells() if cell.done]
        spent = pd.DataFrame([one["ledger"] for one in done]).sum()
        booked = spent.sum() / sum(one["wall"] for one in done) if done else float("nan")
        overshoot = max((one["overshoot"] for one in done), default=float("nan"))
        rows.append({"run": name, "cells": len(done), **spent, "booked": booked, "overshoot": overshoot})
    return pd.DataFrame(rows)


def _origin(name: str, path: Path) -> Origin:
    known: dict[str, Any] = RunStore.open(path).invocations()[-1]
    git = known.get("git") or {}
    facts = [
        ("command", " ".join(known.get("command", []))),
        ("started", str(known.get("started", "unknown"))),
        ("code", _commit(git)),
        ("devices", ", ".join(f"{one['name']} ({one['device']})" for one in known["devices"])),
        ("threads", f"{known.get('threads', 'unknown')} of {known.get('cpus', 'unknown')} processors"),
        ("python", f"{known.get('python', 'unknown')} on {known.get('platform', 'unknown')}"),
        *sorted((str(package), str(version)) for package, version in known.get("versions", {}).items()),
    ]
    suite = (path / "suite.yaml").read_text(encoding="utf-8")
    return Origin(name, facts, sorted(known.get("weights", {}).items()), suite)


def _commit(git: Mapping[str, Any]) -> str:
    if not git:
        return "not a checkout"
    return f"{git['sha']}{', with uncommitted changes' if git['dirty'] else ''}"
