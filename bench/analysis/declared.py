"""What the plug-ins of a run declared of themselves: which way is better, what belongs together, sampling steps."""

from collections.abc import Iterable, Mapping

from bench.store.columns import COLUMNS
from bench.store.plugins import PluginRecord

Directions = Mapping[str, int]
"""Labels of metrics and columns of the store to 1 (higher is better) or -1 (lower is); what is not there has none."""


def directions(plugins: Iterable[PluginRecord]) -> dict[str, int]:
    """Collect the directions of the store's own columns, and of metrics and metrics of sets by their labels.

    A metric whose `higher_is_better` is None is watched, not pursued: it has none. So has a held-out reward.
    """
    declared = {
        one.label: 1 if one.facts["higher_is_better"] else -1
        for one in plugins
        if one.kind in ("metric", "set_metric") and one.facts["higher_is_better"] is not None
    }
    return {name: column.direction for name, column in COLUMNS.items() if column.direction} | declared


def direction(column: str, known: Directions) -> int:
    """The direction of a column, 0 for none; that of `label/part` is its label's, and `label-part` has none."""
    return known.get(column, known.get(column.partition("/")[0], 0))


def families(plugins: Iterable[PluginRecord]) -> dict[str, str]:
    """The family that each method declared, by label."""
    return {one.label: str(one.facts["family"]) for one in plugins if one.kind == "method"}


def sampling_steps(plugins: Iterable[PluginRecord]) -> dict[str, int]:
    """How many sampling steps each model took, by label; none of a model that has no such option."""
    return {one.label: one.options["steps"] for one in plugins if one.kind == "model" and one.options.get("steps")}
