"""What makes seconds say less than they seem to, in plain sentences below the tables."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bench.analysis.machines import contended_cells, device_busy
from bench.output.redo import redo_command
from bench.output.tables.table import Note

LEAST_BUSY = 0.5


def machine_sentences(scores: pd.DataFrame, runs: Mapping[str, Path]) -> list[str]:
    """Count the cells that had to share the machine, and name the runs whose device was mostly idle.

    Args:
        scores: of all runs.
        runs: their folders, by the names that the column `run` holds.
    """
    contended, ended = contended_cells(scores), scores[scores["status"] != "missing"]
    several = scores["run"].nunique() > 1
    found: list[str] = []
    if len(contended):
        of = len(ended.drop_duplicates(["run", "cell"]))
        commands = " and ".join(f"`{redo_command(runs[run])}`" for run in sorted(set(contended["run"])))
        found.append(
            Note(
                f"Contended: {len(contended)} of {of} cells, which had to share the machine, so that their seconds "
                f"bought less; they are run again by {commands}.",
                f"Contended: {len(contended)} of {of} cells, which had to share the machine.",
            )
        )
    for run, busy in device_busy(scores).items():
        if busy < LEAST_BUSY:
            where = f" in {run}" if several else ""
            found.append(
                f"The device was busy {100 * busy:.0f} % of the method time{where}: its seconds measure the host."
            )
    return found
