"""Several run folders side by side: what they are called."""

from collections.abc import Sequence
from pathlib import Path


def run_names(runs: Sequence[Path]) -> dict[str, Path]:
    """Name runs by their folders, by whole paths where two folders have the same name."""
    names = [path.resolve().name for path in runs]
    return {name if names.count(name) == 1 else str(path): path for name, path in zip(names, runs, strict=True)}
