"""Two runs set against each other: the same methods on the same cells, measured twice."""

import pandas as pd

from bench.analysis.paired import COMPARED, comparisons
from bench.analysis.scores import fill_cells
from bench.analysis.significance import holm
from bench.store.columns import GROUP, PAIR, POINT

FIRST, SECOND = "first", "second"


def between_runs(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Compare each method of one run with the same label in another, on the cells and budgets that both planned.

    Args:
        first: scores of a run; a cell without a score counts as that run's own `base`.
        second: scores of the other.

    Returns:
        One row a (model, reward, budget, method) that both have: the columns of `bench.analysis.paired.comparisons`,
        `difference` being second minus first. Holm adjusts for all rows.
    """
    cells = {FIRST: fill_cells(first), SECOND: fill_cells(second)}
    shared = cells[FIRST][[*GROUP, *PAIR]].merge(cells[SECOND][[*GROUP, *PAIR]])
    both = pd.concat([own.merge(shared).assign(run=name) for name, own in cells.items()], ignore_index=True)
    # Each method is a comparison of its own, in which the runs are what differs.
    parts = [
        comparisons(rows.assign(method=rows["run"], status="ok"), FIRST).assign(method=method)
        for method, rows in both.groupby("method")
    ]
    if not parts:
        return pd.DataFrame(columns=[*POINT, "method", *COMPARED])
    found = pd.concat(parts, ignore_index=True)
    return found.assign(p_holm=holm(found["p"].to_numpy()))
