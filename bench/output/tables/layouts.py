"""What can be shown of a run, by name, and what it is made of."""

from collections.abc import Callable, Mapping
from typing import Protocol

import pandas as pd

from bench.analysis.aggregate import Anchors
from bench.output.tables.cost import cost_tables
from bench.output.tables.main import main_tables
from bench.output.tables.pairwise import pairwise_tables
from bench.output.tables.paper import paper_tables
from bench.output.tables.sets import set_tables
from bench.output.tables.summary import summary_tables
from bench.output.tables.table import Table
from bench.output.tables.targets import target_tables


class Evidence(Protocol):
    """All that tables are made of, as data frames; a layout reads those that it needs and no others."""

    @property
    def scores(self) -> pd.DataFrame:
        """Of the store, one run or several that may be pooled."""

    @property
    def curves(self) -> pd.DataFrame:
        """Events of the same runs."""

    @property
    def sets(self) -> pd.DataFrame:
        """Measures of sets of images, with the columns of sets.csv."""

    @property
    def published(self) -> pd.DataFrame:
        """Published tables beside ours, of `bench.analysis.published.compare.compare_tables`."""

    @property
    def comparison(self) -> pd.DataFrame:
        """Published curves beside ours, of `bench.analysis.published.compare.compare_curves`."""

    @property
    def ladder(self) -> pd.DataFrame:
        """Targets, of `bench.analysis.targets.declared_ladder`."""

    @property
    def anchors(self) -> Anchors:
        """The anchors that the suites declare."""

    @property
    def directions(self) -> Mapping[str, int]:
        """Which way is better, of `bench.analysis.declared.directions`."""

    @property
    def families(self) -> Mapping[str, str]:
        """The family of each method, of `bench.analysis.declared.families`."""


LAYOUTS: dict[str, Callable[[Evidence], list[Table]]] = {
    "main": lambda found: (
        main_tables(found.scores, found.directions, found.families)
        + set_tables(found.sets, found.directions, found.families)
    ),
    "paper": lambda found: paper_tables(found.scores, found.published, found.comparison, found.families),
    "pairwise": lambda found: pairwise_tables(found.scores),
    "targets": lambda found: target_tables(found.curves, found.scores, found.ladder),
    "cost": lambda found: cost_tables(found.scores, found.families),
    "summary": lambda found: summary_tables(found.scores, found.curves, found.anchors, found.families),
}
