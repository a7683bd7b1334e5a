"""Several run folders side by side: what they are called, and where each ran."""

import json
from collections.abc import Sequence
from pathlib import Path

from bench.errors import InputError


def run_names(runs: Sequence[Path]) -> dict[str, Path]:
    """Name runs by their folders, by whole paths where two folders have the same name."""
    names = [path.resolve().name for path in runs]
    return {name if names.count(name) == 1 else str(path): path for name, path in zip(names, runs, strict=True)}


def devices(run: Path) -> set[str]:
    """Name the devices that a run was made on, a processor with its number of threads: both set its pace.

    Raises:
        InputError: the folder does not say.
    """
    path = run / "provenance.json"
    if not path.is_file():
        raise InputError(f"{run} has no provenance.json, which says on which device it ran; copy the whole run folder")
    known = json.loads(path.read_text(encoding="utf-8"))
    threads = f", {known['threads']} threads"
    return {one["name"] + (threads if one["device"] == "cpu" else "") for one in known["devices"]}
