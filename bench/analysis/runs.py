"""Two runs set against each other: the same methods on the same cells, measured twice."""

import pandas as pd

from bench.analysis.paired import COMPARED, pairwise
from bench.analysis.scores import fill_cells
from bench.analysis.verdicts import judge
from bench.store.columns import GROUP, PAIR, POINT

FIRST, SECOND = "first", "second"


def between_runs(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Compare each method of one run with the same label in another, on the cells and budgets that both planned.

    Args:
        first: scores of a run; a cell without a score counts as that run's own `base`.
        second: scores of the other.

    Returns:
        One row a method at a point that both have: the columns of `bench.analysis.paired.pairwise`, `difference` being
        second minus first. Holm adjusts for all rows: they are one family.
    """
    cells = {FIRST: fill_cells(first), SECOND: fill_cells(second)}
    shared = cells[FIRST][[*GROUP, *PAIR]].merge(cells[SECOND][[*GROUP, *PAIR]])
    both = pd.concat([own.merge(shared).assign(run=name) for name, own in cells.items()], ignore_index=True)
    # Each method is a comparison of its own, in which the runs are what differs; unscored cells are filled already.
    parts = [
        pairwise(rows.assign(method=rows["run"], status="ok")).assign(of=method)
        for method, rows in both.groupby("method")
    ]
    if not parts:
        return pd.DataFrame(columns=[*POINT, "method", *COMPARED])
    found = pd.concat(parts, ignore_index=True)
    found = found[found["method"] == SECOND].drop(columns=["method", "reference"])
    return judge(found.rename(columns={"of": "method"}).reset_index(drop=True), family=[])
