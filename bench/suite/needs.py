"""What a suite needs; and what its cells need and is not here, said in one line before any compute is spent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.errors import InputError, note
from bench.registry import METRICS, MODELS, REWARDS, SET_METRICS, Entry, Registry
from bench.scoring.parts import leaves
from bench.suite.cell import Cell, create
from bench.suite.plugins import plugins_of
from bench.suite.prompts import prompt_sets
from bench.suite.suite import Suite
from bench.weights.source import Source, is_here, sources_of


def suite_sources(suite: Suite) -> list[Source]:
    """What the models, rewards, metrics and prompts of a suite need, each once.

    Raises:
        InputError: a plug-in is not known, or refuses its options.
    """
    needed = [source for one in plugins_of(suite) for source in sources_of(create(*one))]
    sets = prompt_sets()
    words = [word for experiment in suite.experiments for word in experiment.prompts if word in sets]
    needed += [source for word in words for source in sets[word].sources()]
    return list(dict.fromkeys(needed))


def default_sources(entry: Entry[Any, Any]) -> list[Source]:
    """What a plug-in needs with its default options; nothing where an option has no default."""
    try:
        return sources_of(entry.create({}))
    except InputError:
        return []


def require_weights(cells: Iterable[Cell]) -> None:
    """Make sure that all models and rewards of the cells can be loaded; a metric may be missing from a table.

    Raises:
        InputError: what is missing, and the command that gets it.
    """
    missing = missing_sources(cells)
    if missing:
        names = " ".join(dict.fromkeys(missing.values()))
        raise InputError(
            f"not on this machine: {_quoted(missing)}; `dno-bench fetch {names}` gets it where there is a "
            "network, or an option names the folder or file that you have (`dno-bench show`)"
        )


def missing_sources(cells: Iterable[Cell]) -> dict[Source, str]:
    """What the models and rewards of the cells need and is not here, to what `dno-bench fetch` gets it by."""
    missing: dict[Source, str] = {}
    for registry, label, options in _plugins(cells):
        missing |= lacking(registry, label, options)
    return missing


def lacking(registry: Registry[Any, Any], label: str, options: Mapping[str, Any]) -> dict[Source, str]:
    """What one plug-in needs and is not here, to what `dno-bench fetch` gets it by: its name, or that of its part."""
    found: dict[Source, str] = {}
    name = str(options.get("use", label))
    for leaf, instance in leaves(name, create(registry, label, options)):
        defaults = default_sources(registry.get(leaf))
        for source in sources_of(instance):
            if not is_here(source):
                # A name stands for its defaults; what other options need is fetched with the suite that has them.
                found[source] = leaf if source in defaults else "SUITE"
    return found


def note_missing_metrics(cells: Iterable[Cell], set_metrics: Mapping[str, Mapping[str, Any]]) -> None:
    """Say which metrics will be missing from the tables, a line each, and what gets them."""
    metrics = {label: options for cell in cells for label, options in cell.metrics.items()}
    for registry, labels in ((METRICS, metrics), (SET_METRICS, set_metrics)):
        for label, options in labels.items():
            missing = lacking(registry, label, options)
            if missing:
                names = " ".join(dict.fromkeys(missing.values()))
                what = f"not on this machine: {_quoted(missing)}; `dno-bench fetch {names}` gets it"
                note(f"{label!r} will be missing from the tables; {what}")


def _quoted(sources: Iterable[Source]) -> str:
    return ", ".join(dict.fromkeys(repr(one.name) for one in sources))


def _plugins(cells: Iterable[Cell]) -> Iterator[tuple[Registry[Any, Any], str, Any]]:
    """Each plug-in of the cells once; metrics may be missing from a table, so they are not required."""
    seen: list[tuple[Registry[Any, Any], str, Any]] = []
    for cell in {(one.model, one.reward): one for one in cells}.values():  # a label means one thing
        rewards = {cell.reward: cell.reward_options, **cell.held_out}
        wanted: list[tuple[Registry[Any, Any], str, Any]] = [
            (MODELS, cell.model, cell.model_options),
            *((REWARDS, *one) for one in rewards.items()),
        ]
        for one in wanted:
            if one not in seen:
                seen.append(one)
                yield one
