"""Run folders read as what tables are made of."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from bench.analysis.aggregate import Anchors
from bench.analysis.declared import directions, families, sampling_steps
from bench.analysis.pooling import RunTables, pool, require_one_device
from bench.analysis.published.compare import compare_curves, compare_tables, of_setting
from bench.analysis.published.entries import all_published, find_published
from bench.analysis.published.values import curve_values, table_values
from bench.analysis.targets import declared_ladder
from bench.store.folder import RunStore
from bench.store.plugins import PluginRecord
from bench.store.runs import devices, run_names
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
            require_one_device({name: devices(path) for name, path in run_names(self._runs).items()})
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
    def plugins(self) -> list[PluginRecord]:
        """What the plug-ins of the runs are and declared."""
        return [record for run in self._runs for record in RunStore.open(run).plugins()]

    @cached_property
    def directions(self) -> dict[str, int]:
        """Which way is better, by column (see `bench.analysis.directions`)."""
        return directions(self.plugins)

    @cached_property
    def families(self) -> dict[str, str]:
        """The family of each method."""
        return families(self.plugins)

    @cached_property
    def published(self) -> pd.DataFrame:
        """The values of the published tables that the runs' suites name, beside ours."""
        names = dict.fromkeys(name for suite in self._suites for name in suite.published)
        values = table_values(find_published(name) for name in names)
        return compare_tables(values, self.scores, sampling_steps(self.plugins))

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The values of the published curves of whose setting the runs have a cell, beside ours."""
        steps = sampling_steps(self.plugins)
        found = of_setting(pd.concat(map(curve_values, all_published().values())), self.scores, steps)
        return compare_curves(found, self.curves, self.scores, steps) if len(found) else pd.DataFrame(columns=["id"])

    @property
    def anchors(self) -> Anchors:
        """The anchors that the suites declare."""
        return {name: ends for suite in self._suites for name, ends in suite.anchors.items()}

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """The targets that the suites declare."""
        return declared_ladder(
            self.scores, {name: own for suite in self._suites for name, own in suite.targets.items()}
        )

    @cached_property
    def _pooled(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        named = run_names(self._runs)
        stores = {name: RunStore.open(path) for name, path in named.items()}
        return pool(
            {name: RunTables(*read_tables(path), devices(path), stores[name].plugins()) for name, path in named.items()}
        )
