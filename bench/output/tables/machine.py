"""What makes seconds say less than they seem to, in plain sentences below the tables."""

import pandas as pd

from bench.analysis.machines import contended_cells, device_busy

LEAST_BUSY = 0.5


def machine_sentences(scores: pd.DataFrame) -> list[str]:
    """Count the cells that had to share the machine, and name the runs whose device was mostly idle."""
    contended, ended = len(contended_cells(scores)), scores[scores["status"] != "missing"]
    several, found = scores["run"].nunique() > 1, []
    if contended:
        of = len(ended.drop_duplicates(["run", "cell"]))
        found.append(
            f"Contended: {contended} of {of} cells, which had to share the machine, so that their seconds bought less; "
            "`dno-bench run SUITE --redo contended` runs them again."
        )
    for run, busy in device_busy(scores).items():
        if busy < LEAST_BUSY:
            where = f" in {run}" if several else ""
            found.append(
                f"The device was busy {100 * busy:.0f} % of the method time{where}: its seconds measure the host."
            )
    return found
