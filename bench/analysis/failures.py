"""What stands in for a cell that failed, from the moment on at which it had its last result."""

import numpy as np
import pandas as pd

from bench.store.columns import BASELINE, COUNTERS, PAIR

_CELL = ["method", *PAIR]
_KEPT = {name: f"kept {name}" for name in COUNTERS}


def follow_base(events: pd.DataFrame, planned: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Let failed cells follow `base` on the same prompt and seed, as they do in the table of scores.

    Up to its last budget with a result a failed cell keeps its own events. It has none at all where `base` has none
    to follow, or where every cell of its method failed: the method has nothing of its own to show at the end.

    Args:
        events: of one task.
        planned: its rows of the scores.
        unit: the counter that the budgets of the task are in.
    """
    failed = _failed_cells(planned, unit)
    if failed.empty:
        return events
    kept = events[_CELL].merge(failed, how="left", on=_CELL)[_KEPT[unit]].to_numpy()
    whole = events[np.isnan(kept)]
    baseline = whole[whole["method"] == BASELINE].drop(columns="method")
    led = failed[failed.pop("follows")].merge(baseline[PAIR].drop_duplicates(), on=PAIR)
    own = events[events[unit].to_numpy() <= kept].merge(led[_CELL], on=_CELL)
    stand_in = led.merge(baseline, on=PAIR)
    # What base had found by then holds from that moment on.
    moved = {name: np.maximum(stand_in[name], stand_in[late]) for name, late in _KEPT.items()}
    parts: list[pd.DataFrame] = [whole, own, stand_in.assign(**moved)[list(events.columns)]]
    return pd.concat(parts, ignore_index=True)


def _failed_cells(planned: pd.DataFrame, unit: str) -> pd.DataFrame:
    """A row a failed cell: what it had spent at its last result, 0 without one, and whether its method has others."""
    rows = planned.sort_values("budget")
    failed = rows.drop_duplicates(_CELL, keep="last").set_index(_CELL)["status"].eq("failed")
    results = rows[rows["status"] == "ok"].assign(**{unit: rows["budget"]})
    kept = results.drop_duplicates(_CELL, keep="last").set_index(_CELL)[COUNTERS].rename(columns=_KEPT)
    others = ~failed.groupby("method").transform("all")
    cells: pd.DataFrame = (
        kept.reindex(failed.index[failed]).fillna(0.0).assign(follows=others[failed].to_numpy()).reset_index()
    )
    return cells
