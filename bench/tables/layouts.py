"""What can be shown of a run, by name, and what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from bench.tables.cost import cost_tables
from bench.tables.main import main_tables
from bench.tables.pairwise import pairwise_tables
from bench.tables.paper import paper_tables
from bench.tables.sets import set_tables
from bench.tables.table import Table
from bench.tables.targets import target_tables


@dataclass(frozen=True)
class Evidence:
    """All that tables are made of, as data frames.

    Attributes:
        scores, curves: of the store, one run or several that may be pooled.
        sets: measures of sets of images (`bench.sets.COLUMNS`).
        published: values of published tables beside ours, of `bench.analysis.published_tables.compare_tables`.
        comparison: values of published curves beside ours, of `bench.analysis.published.compare`, with `id`.
        ladder: targets, of `bench.analysis.targets.declared_ladder`.
    """

    scores: pd.DataFrame
    curves: pd.DataFrame
    sets: pd.DataFrame
    published: pd.DataFrame
    comparison: pd.DataFrame
    ladder: pd.DataFrame


LAYOUTS: dict[str, Callable[[Evidence], list[Table]]] = {
    "main": lambda found: main_tables(found.scores) + set_tables(found.sets),
    "paper": lambda found: paper_tables(found.scores, found.published, found.comparison),
    "pairwise": lambda found: pairwise_tables(found.scores),
    "targets": lambda found: target_tables(found.curves, found.scores, found.ladder),
    "cost": lambda found: cost_tables(found.scores),
}
