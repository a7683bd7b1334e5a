"""All cells of a suite: skips what is done, runs the rest, keeps the tables up to date."""

from pathlib import Path

import torch
from rich.console import Console

from bench.consolidate import consolidate
from bench.executors.local import run_local
from bench.progress import make_watcher
from bench.provenance import provenance
from bench.store import RunStore
from bench.suite import Suite
from bench.tracking import Mirror, Mode
from bench.weights.needs import require_weights


def run_suite(suite: Suite, path: Path, devices: list[torch.device], wandb: Mode, console: Console) -> int:
    """Run what is left of `suite` in the folder `path`; returns the number of failed cells.

    Raises:
        InputError: the suite is invalid, weights are missing or the folder is not for it; nothing has been written.
    """
    cells = suite.cells()
    require_weights(cells)
    store = RunStore.create(path, suite, provenance(devices))
    todo = [cell for cell in cells if not store.cell(cell.id).done]
    if len(todo) < len(cells):
        console.print(f"{len(cells) - len(todo)} of {len(cells)} cells are done already", highlight=False)
    mirror = Mirror(wandb, store)
    failed = 0
    try:
        with make_watcher(console, todo) as watcher:
            for cell, error in run_local(todo, path, devices, watcher):
                failed += bool(error)
                watcher.end(cell, error)
                mirror.copy(cell)
    finally:
        consolidate(store)
    return failed
