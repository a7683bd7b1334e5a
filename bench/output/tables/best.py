"""What stands in bold: whatever no method is resolved to be better than, so the best of a column and its equals."""

from collections.abc import Iterable, Mapping

import pandas as pd

from bench.analysis.declared import Directions, direction
from bench.analysis.paired import versus_best
from bench.store.columns import GROUP

Best = set[tuple[object, ...]]
"""The keys of `GROUP`, then the quantity, of each value that no method is resolved to be better than."""


def find_versus(scores: pd.DataFrame, quantities: Iterable[str], directions: Directions) -> dict[str, pd.DataFrame]:
    """Compare all methods with the best, for each of `quantities` that has a direction."""
    ways = {name: direction(name, directions) for name in quantities}
    return {name: versus_best(scores, name, way) for name, way in ways.items() if way}


def find_best(versus: Mapping[str, pd.DataFrame]) -> Best:
    """Find what stands in bold at each budget of each task."""
    best: Best = set()
    for quantity, rows in versus.items():
        unbeaten = rows.loc[~rows["beaten"], GROUP].assign(quantity=quantity)
        best |= set(unbeaten.itertuples(index=False, name=None))
    return best
