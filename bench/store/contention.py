"""Was the machine a cell's own? Raw figures of each cell, and the mark they earn beside the other cells of the run.

A cell is contended if its threads could have run and had to wait, or if the same prediction, timed before and after the
cell, was slower than elsewhere in the run. The first is exact; the second also sees what takes no turn on the
processor: clocks, memory bandwidth, a neighbour on the GPU or on the host of a virtual machine.
"""

import math

import pandas as pd

from bench.store.columns import MACHINE
from bench.store.files import Record
from bench.store.pace import pace

LEAST_SHARE = 0.9
"""Of the processor time that a cell's threads asked for; parallel threads wait for the one that has to wait."""
LEAST_SPEED = 0.75
"""Of the reference step, against the run's best."""
BEST = 0.1
"""The run's best is the step that a tenth of its cells was as fast as, of three cells on the second fastest at least:
one lucky cell condemns no other."""


def machine_columns(ran: Record) -> Record:
    """The columns `MACHINE` of a cell, of what it ran with (`CellStore.ran`): NaN where nobody knows."""
    own: Record = ran.get("machine", {})
    columns: Record = {name: own.get(name, math.nan) for name in MACHINE}
    wanted = own.get("cpu_seconds", math.nan) + own.get("waited_seconds", math.nan)
    columns["pace"] = pace(ran) if "device" in ran else None
    columns["cpu_share"] = own["cpu_seconds"] / wanted if wanted > 0 else math.nan
    steps: list[float] = own.get("step_seconds", [])
    # One slow end of a cell is half of it, and half of that may be chance.
    columns["step_seconds"] = sum(steps) / len(steps) if steps else math.nan
    return columns


def with_contention(scores: pd.DataFrame) -> pd.DataFrame:
    """Fill the columns `step_speed` and `contended` (0 or 1, NaN where nobody knows).

    Args:
        scores: all rows of one run.
    """
    cells = scores.drop_duplicates("cell").dropna(subset=["pace", "step_seconds"])
    kinds = ["model", "pace"]
    best = cells.groupby(kinds)["step_seconds"].agg(_best).rename("best").reset_index()
    fastest = scores[kinds].merge(best, "left", on=kinds)["best"].to_numpy()
    speed = fastest / scores["step_seconds"]
    known = speed.notna() | scores["cpu_share"].notna()
    contended = (speed < LEAST_SPEED) | (scores["cpu_share"] < LEAST_SHARE)
    return scores.assign(step_speed=speed, contended=contended.astype(float).where(known))


def _best(steps: "pd.Series[float]") -> float:
    rank = int(BEST * (len(steps) - 1))
    return float(steps.sort_values().iloc[max(rank, 1) if len(steps) > 2 else 0])
