"""Several run folders side by side: what they are called, and on what each ran."""

from collections.abc import Sequence
from pathlib import Path

from bench.store.folder import RunStore
from bench.store.pace import paces


def run_names(runs: Sequence[Path]) -> dict[str, Path]:
    """Name runs by their folders, by whole paths where two folders have the same name."""
    names = [path.resolve().name for path in runs]
    return {name if names.count(name) == 1 else str(path): path for name, path in zip(names, runs, strict=True)}


def devices(run: Path, axis: str | None = None) -> set[str]:
    """Name what the cells of a run ran on (`bench.store.pace`); without an axis, of those with a budget in seconds."""
    store = RunStore.open(run)
    return paces(store, [one for one in store.planned() if axis is not None or one.budget_unit == "seconds"])
