"""Two runs side by side: what differs between them in setting, and in outcome."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.pooling import rebudget, require_one_device
from bench.analysis.runs import between_runs
from bench.errors import InputError
from bench.store.folder import RunStore
from bench.store.pace import paces
from bench.store.plugins import PluginRecord
from bench.store.runs import run_names
from bench.store.tables import read_tables
from bench.suite.budget import Unit
from bench.suite.merging import labels
from bench.suite.references import without_paths

_ALWAYS_OTHER = ("started", "command", "suite")
_DECIDING = ("model", "reward", "method")
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
    """What differs in the settings that can explain a difference: a path such as `versions.torch`, and what each has.

    They are what models, rewards and methods of both runs ran with, defaults included, the budgets, and where and with
    which code the cells ran. What only one run has is in no cell of both; names, descriptions, folders and what is
    measured beside the reward change no reward.
    """
    runs = [RunStore.open(path) for path in (first, second)]
    plugins = [_plugins(run) for run in runs]
    shared = sorted(plugins[0].keys() & plugins[1].keys())
    ours, theirs = (
        dict(_leaves({**{key: own[key] for key in shared}, "budgets": _budgets(run), **_ran(run)}))
        for run, own in zip(runs, plugins, strict=True)
    )
    return [
        (path, ours.get(path, ABSENT), theirs.get(path, ABSENT))
        for path in dict.fromkeys([*ours, *theirs])
        if ours.get(path) != theirs.get(path)
    ]


def _plugins(run: RunStore) -> dict[str, dict[str, Any]]:
    """What each plug-in that makes or scores samples ran with, and the digest of its file."""
    rewards = labels(run.suite())["rewards"]
    return {
        f"{one.kind} {one.label}": {"name": one.name, "options": _options(one, rewards), "sha256": one.sha256}
        for one in run.plugins()
        if one.kind in _DECIDING
    }


def _options(one: PluginRecord, rewards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What it ran with, wherever files lay; of a reward also whether the suite withheld its gradient."""
    withheld = {"black_box": bool(rewards.get(one.label, {}).get("black_box"))} if one.kind == "reward" else {}
    options: dict[str, Any] = without_paths({**one.options, **withheld})
    return options


def _budgets(run: RunStore) -> str:
    return ", ".join(sorted({one.budget for one in run.suite().experiments}))


def _ran(run: RunStore) -> dict[str, Any]:
    """Code, versions, devices and weights of the last command."""
    last = (run.invocations() or [{}])[-1]
    return {key: value for key, value in last.items() if key not in _ALWAYS_OTHER}


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
