"""What the cells of a suite need and is not here: said in one line before any compute is spent."""

from collections.abc import Iterable, Iterator
from typing import Any

from bench.cell import Cell, create, plugin
from bench.errors import InputError
from bench.registry import MODELS, REWARDS, Registry
from bench.scoring.parts import leaves
from bench.weights.source import Missing, sources_of


def require_weights(cells: Iterable[Cell]) -> None:
    """Make sure that all models and rewards of the cells can be loaded; a metric may be missing from a table.

    Raises:
        InputError: what is missing, and the command that gets it.
    """
    missing = missing_sources(cells)
    if missing:
        names = " ".join(dict.fromkeys(missing.values()))
        raise InputError(
            f"not on this machine: {', '.join(map(repr, missing))}; `dno-bench fetch {names}` gets it where there is a "
            "network, or an option names the folder or file that you have (`dno-bench show`)"
        )


def missing_sources(cells: Iterable[Cell]) -> dict[str, str]:
    """What the models and rewards of the cells need and is not here, to the name of the plug-in that needs it."""
    missing: dict[str, str] = {}
    for registry, label, options in _plugins(cells):
        name = plugin(registry, label, options).name
        for leaf, instance in leaves(name, create(registry, label, options)):
            missing |= dict.fromkeys(_missing(instance), leaf)
    return missing


def _missing(instance: Any) -> Iterator[str]:  # noqa: ANN401
    for source in sources_of(instance):
        try:
            source.find()
        except Missing:
            yield source.name


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
