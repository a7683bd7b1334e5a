"""What the tables of a run share: what is known of all methods and quantities."""

from collections.abc import Iterator
from math import nan
from typing import NamedTuple

import pandas as pd

from bench.analysis.declared import Directions
from bench.output.tables.backing import Backings, Gaps, backed_value, with_gap
from bench.output.tables.best import Best
from bench.output.tables.families import Families, by_family
from bench.output.tables.table import Value
from bench.store.columns import GROUP


class Shown(NamedTuple):
    """What is best, what stands behind each value and how far it is from the reference's; "" for no reference."""

    best: Best
    backing: Backings
    gaps: Gaps
    reference: str
    directions: Directions
    families: Families

    def value(self, row: pd.Series, quantity: str) -> Value:
        """The value of an estimate: `row` has the keys of `GROUP`, `mean`, `low` and `high`."""
        value = backed_value(row, self.backing, best=(*row[GROUP], quantity) in self.best)
        own = (nan, nan, nan)  # the reference is above itself by nothing that is worth a word
        return with_gap(value, self.gaps.get((*row[GROUP], quantity), own)) if self.reference else value

    def rows(self, frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Each method with its family and its rows of `frame`."""
        for method in by_family(frame["method"], self.families):
            yield method, self.families.get(method, ""), frame[frame["method"] == method]
