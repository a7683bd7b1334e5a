"""Two runs side by side: what differs between them in setting, and in outcome."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.pooling import rebudget, require_one_device
from bench.analysis.runs import between_runs
from bench.errors import InputError
from bench.store.folder import RunStore
from bench.store.pace import paces
from bench.store.runs import run_names
from bench.store.tables import read_tables
from bench.suite.budget import Unit

_ALWAYS_OTHER = ("started", "command", "suite")
ABSENT = "—"


def compare_outcomes(first: Path, second: Path, axis: Unit | None = None) -> pd.DataFrame:
    """The paired differences of what both runs hold, second minus first (see `between_runs`).

    Args:
        first: a run folder.
        second: another.
        axis: a value of `bench.analysis.pooling.AXES`, on which both are read at one budget; without it they are
            compared at the budgets that they share.

    Raises:
        InputError: one is no run folder; they are one; a budget in seconds would set two devices against each other;
            or they share no cell.
    """
    if first.resolve() == second.resolve():
        raise InputError(f"{first} and {second} are one run; name two")
    named = run_names([first, second])
    tables = {name: read_tables(path) for name, path in named.items()}
    scores, curves = (pd.concat([one[i].assign(run=name) for name, one in tables.items()]) for i in (0, 1))
    if "seconds" in (set(scores["budget_unit"]) if axis is None else {axis}):
        require_one_device({name: paces(one[0], axis) for name, one in tables.items()})
    if axis is not None:
        scores = rebudget(scores, curves, axis)
    found = between_runs(*(scores[scores["run"] == name] for name in named))
    if found.empty:
        raise InputError(
            f"{first} and {second} share no cell: no method on the same model, reward, prompt, seed and budget"
        )
    return found


def setting_differences(first: Path, second: Path) -> list[tuple[str, str, str]]:
    """What differs in suite, provenance and plug-ins: a path such as `versions.torch`, and what stands there in either.

    Plug-ins that only one run has differ by the suite already.
    """
    plugins = [_plugins(path) for path in (first, second)]
    shared = plugins[0].keys() & plugins[1].keys()
    ours, theirs = (
        _setting(path) | dict(_leaves({key: own[key] for key in sorted(shared)}))
        for path, own in zip((first, second), plugins, strict=True)
    )
    return [
        (path, ours.get(path, ABSENT), theirs.get(path, ABSENT))
        for path in dict.fromkeys([*ours, *theirs])
        if ours.get(path) != theirs.get(path)
    ]


def _setting(run: Path) -> dict[str, str]:
    store = RunStore.open(run)
    suite = store.suite().model_dump(mode="json")
    last = (store.invocations() or [{}])[-1]
    known = {key: value for key, value in last.items() if key not in _ALWAYS_OTHER}
    return dict(_leaves({"suite": suite, **known}))


def _plugins(run: Path) -> dict[str, dict[str, Any]]:
    """What every plug-in ran with, defaults included, and the digest of its file."""
    records = RunStore.open(run).plugins()
    return {
        f"{one.kind} {one.label}": {"name": one.name, "options": dict(one.options), "sha256": one.sha256}
        for one in records
    }


def _leaves(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Lay out a nested structure as paths and what stands at their ends; a list of plain values is one end."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list) and any(isinstance(value, dict | list) for value in node):
        for number, value in enumerate(node):
            yield from _leaves(value, f"{path}[{number}]")
    else:
        yield path, json.dumps(node, ensure_ascii=False) if isinstance(node, dict | list) else str(node)
