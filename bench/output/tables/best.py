"""What stands in bold: the best of a column, and all that is not distinguished from it."""

import pandas as pd

from bench.analysis.paired import versus_best
from bench.analysis.scores import DIRECTIONS, fill_cells
from bench.store.columns import GROUP

Best = set[tuple[object, ...]]
"""The keys of `GROUP`, then the quantity, of each cell that is best or tied with it."""


def find_best(scores: pd.DataFrame, quantities: list[str]) -> Best:
    """Find the best at each (model, reward, budget) for each of `quantities` that has a direction."""
    cells = fill_cells(scores)
    best: Best = set()
    for quantity in quantities:
        if quantity in DIRECTIONS:
            versus = versus_best(cells, quantity)
            tied = versus.loc[versus["tied"], GROUP].assign(quantity=quantity)
            best |= set(tied.itertuples(index=False, name=None))
    return best
