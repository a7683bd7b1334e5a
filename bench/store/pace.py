"""What seconds of a cell mean: on what it ran (`CellStore.ran`). Seconds of two paces are not compared."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.store.folder import RunStore
from bench.store.planned import PlannedCell


def pace(record: Mapping[str, Any]) -> str:
    """Name what sets the pace: the device, a processor's threads, and torch's version.

    Args:
        record: of `bench.run.provenance.ran_with`, or a `done.json` or `failed.json`, which has its fields.
    """
    threads = f", {record['threads']} threads" if record["device"] == "cpu" else ""
    return f"{record['device_name']}{threads}, torch {record['versions']['torch']}"


def paces(store: RunStore, planned: Iterable[PlannedCell]) -> set[str]:
    """The paces at which those of the planned cells ran that have ended: also a failed one may have results."""
    return {pace(ran) for ran in (store.cell(one.cell).ran() for one in planned) if ran}
