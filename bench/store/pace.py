"""What seconds of a cell mean: on what it ran, as `done.json` keeps it. Seconds of two paces are not compared."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.store.folder import RunStore
from bench.store.planned import PlannedCell


def pace(record: Mapping[str, Any]) -> str:
    """Name what sets the pace: the device, a processor's threads, and torch's version.

    Args:
        record: of `bench.run.provenance.ran_with`, or a `done.json`, which has its fields.
    """
    threads = f", {record['threads']} threads" if record["device"] == "cpu" else ""
    return f"{record['device_name']}{threads}, torch {record['versions']['torch']}"


def paces(store: RunStore, planned: Iterable[PlannedCell]) -> set[str]:
    """The paces at which those of the planned cells ran that are complete."""
    cells = [store.cell(one.cell) for one in planned]
    return {pace(cell.read("done")) for cell in cells if cell.done}
