"""What seconds of a cell mean: on what it ran (`CellStore.ran`). Seconds of two paces are not compared."""

from collections.abc import Mapping
from typing import Any

import pandas as pd


def pace(record: Mapping[str, Any]) -> str:
    """Name what sets the pace: the device, a processor's threads, and torch's version.

    Args:
        record: of `bench.run.provenance.ran_with`, or a `done.json` or `failed.json`, which has its fields.
    """
    threads = f"{record['threads']} thread{'s' * (record['threads'] != 1)}, " if record["device"] == "cpu" else ""
    return f"{record['device_name']}, {threads}torch {record['versions']['torch']}"


def paces(scores: pd.DataFrame, axis: str | None = None) -> frozenset[str]:
    """The paces of the cells of `scores` that have ended, also of failed ones, which may have results.

    Args:
        scores: of the store.
        axis: what seconds are read on; without one, only cells with a budget in seconds count.
    """
    counted = scores if axis is not None else scores[scores["budget_unit"] == "seconds"]
    return frozenset(counted["pace"].dropna())
