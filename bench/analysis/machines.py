"""What seconds are worth: how busy the devices of runs were, and which cells had to share the machine."""

import pandas as pd


def contended_cells(scores: pd.DataFrame) -> pd.DataFrame:
    """One row a contended cell, as in `scores`, those that had least of the processor first."""
    cells = scores[scores["contended"] == 1].drop_duplicates(["run", "cell"])
    return cells.sort_values(["cpu_share", "step_speed"])


def device_busy(scores: pd.DataFrame) -> "pd.Series[float]":
    """The share of method time in which the device of each run was busy, by run; only of runs that know it."""
    cells = scores.sort_values("budget").drop_duplicates(["run", "cell"], keep="last")
    cells = cells.dropna(subset=["device_busy", "seconds"])
    busy = (cells["device_busy"] * cells["seconds"]).groupby(cells["run"]).sum()
    return busy / cells["seconds"].groupby(cells["run"]).sum()


def predictions_a_second(scores: pd.DataFrame) -> "pd.Series[float]":
    """How many predictions the machine made in a second, one sample at a time: the median of the cells, by model."""
    cells = scores.drop_duplicates(["run", "cell"]).dropna(subset="step_seconds")
    return 1 / cells.groupby("model")["step_seconds"].median()
