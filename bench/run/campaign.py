"""All cells of a suite: skips what is done, runs the rest, keeps the tables up to date."""

from pathlib import Path

import torch
from rich.console import Console

from bench.run.executors.local import run_local
from bench.run.progress import make_watcher
from bench.run.provenance import provenance
from bench.run.tracking import Mirror, Mode
from bench.store.folder import RunStore
from bench.store.sets import measure_sets
from bench.store.tables import consolidate
from bench.suite.needs import note_missing_metrics, require_weights
from bench.suite.suite import Suite


def run_suite(suite: Suite, path: Path, devices: list[torch.device], wandb: Mode, console: Console) -> int:
    """Run what is left of `suite` in the folder `path`; returns the number of failed cells.

    Raises:
        InputError: the suite is invalid, weights are missing or the folder is not for it; nothing has been written.
    """
    cells = suite.cells()
    require_weights(cells)
    note_missing_metrics(cells, suite.set_metrics)
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
    if suite.set_metrics:
        console.print("measuring the sets of images", highlight=False)
        measure_sets(store, devices[0])
    return failed
