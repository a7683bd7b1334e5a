"""Run folders read as what tables are made of."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from bench.analysis.pooling import pool, require_one_device, run_names
from bench.analysis.published.compare import compare
from bench.analysis.published.entries import all_published, find_published
from bench.analysis.published.published_tables import table_rows
from bench.analysis.published.reproduce import published_rows
from bench.analysis.published.rows import compare_tables
from bench.analysis.targets import declared_ladder
from bench.store.folder import RunStore
from bench.store.sets import COLUMNS, read_sets
from bench.store.tables import read_scores, read_tables


class RunEvidence:
    """One run, or several as one where `bench.analysis.pooling.pool` allows it (`bench.output.tables.Evidence`).

    Each part is read when it is first asked for: the events of a large run are millions, and few tables need them.
    """

    def __init__(self, runs: Sequence[Path]) -> None:
        """Open the run folders.

        Raises:
            InputError: one is none. Reading a part raises it where nothing has ended, or the runs may not be pooled.
        """
        self._runs = list(dict.fromkeys(runs))  # a run named twice is one run
        self._suites = [RunStore.open(run).suite() for run in self._runs]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a cell and budget."""
        if len(self._runs) > 1:
            return self._pooled[0]
        scores = read_scores(self._runs[0])
        if "seconds" in set(scores["budget_unit"]):
            require_one_device(run_names(self._runs))
        return scores

    @cached_property
    def curves(self) -> pd.DataFrame:
        """One row an event."""
        return self._pooled[1] if len(self._runs) > 1 else read_tables(self._runs[0])[1]

    @cached_property
    def sets(self) -> pd.DataFrame:
        """One row a set of images and metric; none for several runs, since sets were measured within each."""
        return read_sets(self._runs[0]) if len(self._runs) == 1 else pd.DataFrame(columns=COLUMNS)

    @cached_property
    def published(self) -> pd.DataFrame:
        """The values of the published tables that the runs' suites name, beside ours."""
        names = dict.fromkeys(name for suite in self._suites for name in suite.published)
        return compare_tables(table_rows(find_published(name) for name in names), self.scores)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The values of the published curves whose setting one of the suites runs, beside ours."""
        suites = {suite.name for suite in self._suites}
        entries = [one for one in all_published().values() if one.entry.suite in suites]
        found = [compare(published_rows(one), self.curves, self.scores) for one in entries]
        return pd.concat(found) if found else pd.DataFrame(columns=["id"])

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """The targets that the suites declare."""
        return declared_ladder(
            self.scores, {name: own for suite in self._suites for name, own in suite.targets.items()}
        )

    @cached_property
    def _pooled(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return pool(self._runs)
