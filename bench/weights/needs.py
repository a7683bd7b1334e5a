"""What the cells of a suite need and is not here: said in one line before any compute is spent."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.cell import Cell, create, plugin
from bench.errors import InputError
from bench.registry import METRICS, MODELS, REWARDS, SET_METRICS, Registry
from bench.weights.source import Missing, sources_of


def require_weights(cells: Iterable[Cell]) -> None:
    """Make sure that all models and rewards of the cells can be loaded; a metric may be missing from a table.

    Raises:
        InputError: what is missing, and the command that gets it.
    """
    missing: dict[str, str] = {}
    for registry, label, options in _plugins(cells):
        missing |= dict.fromkeys(_lacking(registry, label, options), plugin(registry, label, options).name)
    if missing:
        names = " ".join(dict.fromkeys(missing.values()))
        raise InputError(
            f"not on this machine: {', '.join(map(repr, missing))}; `dno-bench fetch {names}` gets it where there is a "
            "network, or an option names the folder or file that you have (`dno-bench show`)"
        )


def note_missing_metrics(cells: Iterable[Cell], set_metrics: Mapping[str, Mapping[str, Any]]) -> None:
    """Say which metrics will be missing from the tables, a line each, and what gets them."""
    metrics = {label: options for cell in cells for label, options in cell.metrics.items()}
    for registry, labels in ((METRICS, metrics), (SET_METRICS, set_metrics)):
        for label, options in labels.items():
            lacking = ", ".join(map(repr, _lacking(registry, label, options)))
            if lacking:
                fetch = f"`dno-bench fetch {plugin(registry, label, options).name}` gets it"
                note = f"{label!r} will be missing from the tables; not on this machine: {lacking}; {fetch}"
                print(f"note: {note}", file=sys.stderr)


def _lacking(registry: Registry, label: str, options: Mapping[str, Any]) -> list[str]:
    """The names of what a plug-in needs and is not here."""
    lacking = []
    for source in sources_of(create(registry, label, options)):
        try:
            source.find()
        except Missing:
            lacking.append(source.name)
    return lacking


def _plugins(cells: Iterable[Cell]) -> Iterator[tuple[Registry, str, Any]]:
    """Each plug-in of the cells once; metrics may be missing from a table, so they are not required."""
    seen: list[tuple[Registry, str, Any]] = []
    for cell in cells:
        rewards = {cell.reward: cell.reward_options, **cell.held_out}
        wanted = [(MODELS, cell.model, cell.model_options), *((REWARDS, *one) for one in rewards.items())]
        for one in wanted:
            if one not in seen:
                seen.append(one)
                yield one
