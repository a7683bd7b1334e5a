"""Run folders read as what all tables, plots and reports are made of."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from bench.analysis.aggregate import Anchors
from bench.analysis.curves import POINTS, mean_curves
from bench.analysis.declared import Directions, directions, families, sampling_steps
from bench.analysis.gains import covers, gained, own_rewards
from bench.analysis.paired import versus_reference
from bench.analysis.pooling import AXES, RunTables, pool, require_one_device
from bench.analysis.published.compare import compare_curves, compare_tables, of_setting
from bench.analysis.published.entries import all_published, find_published
from bench.analysis.published.setting import of_its_suite
from bench.analysis.published.values import curve_values, table_values
from bench.analysis.scores import summarise
from bench.analysis.targets import RUNGS, declared_ladder, times_to_target
from bench.errors import InputError, unknown_name
from bench.output.looks import Looks, looks
from bench.store.columns import BASELINE, GROUP, TASK
from bench.store.files import confined
from bench.store.folder import RunStore
from bench.store.pace import paces
from bench.store.plugins import PluginRecord
from bench.store.runs import run_names
from bench.store.sets import COLUMNS, read_sets
from bench.store.tables import read_scores, read_tables
from bench.suite.budget import Unit

GAIN = "reward gained over the model's own sample"
"""What curves of gains show."""
REFERENCES = ("best-of-n", BASELINE)
"""What others are measured against unless something is named: what costs no thought, else what costs nothing."""


class Evidence:
    """One run, or several as one where `bench.analysis.pooling.pool` allows it.

    Each part is read when it is first asked for: the events of a large run are millions, and few tables need them.

    Attributes:
        runs: the run folders by the names that the column `run` holds.
        suites: what each was asked to run, in their order.
        against: the method that others are measured against; "" for the first of `REFERENCES` that was run.
        absolute: whether plots show rewards, and not what methods differ by.
        axis: what is looked at first, and in place of budgets in seconds of several devices; None where that is open.
    """

    absolute = False
    against = ""
    axis: Unit | None = None

    def __init__(
        self, runs: Sequence[Path], against: str = "", absolute: bool = False, axis: Unit | None = None
    ) -> None:
        """Open the run folders; one that is named twice is one run.

        Raises:
            InputError: one is none. Reading a part raises it where nothing has ended, or the runs may not be pooled.
        """
        self.against, self.absolute, self.axis = against, absolute, axis
        self.runs = run_names(list({run.resolve(): run for run in runs}.values()))
        self.suites = [RunStore.open(run).suite() for run in self.runs.values()]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """One row a planned cell and budget; `seconds` is NaN where they are of several devices."""
        return self._stored if self.one_device else self._stored.assign(seconds=np.nan)

    @cached_property
    def one_device(self) -> bool:
        """Whether all cells ran at one pace, so that their seconds mean the same."""
        return len(paces(self._stored, "seconds")) <= 1

    @cached_property
    def axes(self) -> list[Unit]:
        """The columns on which these runs may be drawn, `axis` first: seconds only within one device.

        Raises:
            InputError: `axis` is seconds, which are of several.
        """
        if self.axis == "seconds":
            require_one_device({str(run): paces(rows, "seconds") for run, rows in self._stored.groupby("run")})
        shared = [axis for axis in AXES.values() if self.one_device or axis != "seconds"]
        return sorted(shared, key=lambda axis: axis != self.axis)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """One row an event."""
        if self._only is None:
            return self._pooled[1]
        ((name, path),) = self.runs.items()
        return read_tables(path)[1].assign(run=name)

    @cached_property
    def sets(self) -> pd.DataFrame:
        """One row a set of samples and metric; none for several runs, since sets were measured within each."""
        return read_sets(*self.runs.values()) if len(self.runs) == 1 else pd.DataFrame(columns=COLUMNS)

    @cached_property
    def plugins(self) -> list[PluginRecord]:
        """Those of all runs, each once."""
        found: list[PluginRecord] = []
        for run in self.runs.values():
            found += [one for one in RunStore.open(run).plugins() if one not in found]
        return found

    @cached_property
    def directions(self) -> Directions:
        """Which way is better, of metrics and of the store's columns."""
        return directions(self.plugins)

    @cached_property
    def families(self) -> Mapping[str, str]:
        """Of each method, by label."""
        return families(self.plugins)

    @cached_property
    def pointwise(self) -> frozenset[str]:
        """The methods whose results mean something only where they were asked for: drawn as points, not as curves."""
        return frozenset(one.label for one in self.plugins if one.kind == "method" and not one.facts["anytime"])

    @cached_property
    def looks(self) -> Looks:
        """The look of each method: one for all plots and pages."""
        return looks(self.scores["method"], self.families)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Of all methods and budgets (`summarise`)."""
        return summarise(self.scores)

    @cached_property
    def gains(self) -> bool:
        """Whether plots show what methods gain over the model's own sample: every cell has one, and it is asked for."""
        return not self.absolute and covers(self._own, self.scores)

    @cached_property
    def reference(self) -> str:
        """The method that others are measured against, which has been run on all tasks; "" where none is to be.

        Raises:
            InputError: the one that was named has not been.
        """
        tasks = [set(rows) for _, rows in self.scores.groupby(TASK)["method"]]
        common = set.intersection(*tasks)
        if self.against and self.against not in common:
            raise unknown_name("method of all tasks", self.against, common)
        found = [name for name in (self.against, *REFERENCES) if name in common]
        return "" if self.absolute or not found else found[0]

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Each method against the `reference` (`bench.analysis.paired.versus_reference`)."""
        return versus_reference(self.scores, self.reference)

    def mean_curves(self, axis: str, points: int = POINTS, gains: bool = False) -> pd.DataFrame:
        """Average the rewards over `axis` (`bench.analysis.curves.mean_curves`), `pointwise` methods at their budgets.

        Args:
            axis: a counter of the store, such as "seconds".
            points: how many a curve has.
            gains: of gains over the model's own sample.
        """
        curves, scores = (gained(rows, self._own) if gains else rows for rows in (self.curves, self.scores))
        means = mean_curves(curves, scores, axis, points)
        if not self.pointwise:
            return means
        spent = scores.groupby(GROUP)[axis].mean().rename("x").reset_index()
        summary = summarise(scores)
        at_budgets = summary[summary["method"].isin(self.pointwise)].drop(columns=axis, errors="ignore")
        return pd.concat([means[~means["method"].isin(self.pointwise)], at_budgets.merge(spent, on=GROUP)[list(means)]])

    @cached_property
    def anchors(self) -> Anchors:
        """The rewards' anchors that the suites declare."""
        return self._declared("anchors")

    @cached_property
    def targets(self) -> Mapping[str, Sequence[float]]:
        """The rewards' targets that the suites declare; without them, evenly up to the anchor."""
        anchors = self.anchors.items()
        evenly = {name: np.linspace(base, top, RUNGS + 1)[1:].tolist() for name, (base, top) in anchors}
        return evenly | dict(self._declared("targets"))

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """The targets of each task."""
        return declared_ladder(self.scores, self.targets)

    def times(self, axis: str) -> pd.DataFrame:
        """When each cell reached each target (`bench.analysis.targets.times_to_target`)."""
        return times_to_target(self.curves, self.scores, self.ladder, axis)

    @cached_property
    def published(self) -> pd.DataFrame:
        """The values of the published tables that the runs' suites name, beside ours.

        Without a counterpart, and so without a verdict, where ours is not made as the entry's own suite makes it.
        """
        entries = [find_published(name) for name in dict.fromkeys(n for suite in self.suites for n in suite.published)]
        parts = [table_values([one]) for one in entries]
        own = [
            part.assign(method=part["method"].where(of_its_suite(one, part, self.plugins), ""))
            for one, part in zip(entries, parts, strict=True)
        ]
        return compare_tables(pd.concat([table_values([]), *own]), self.scores, sampling_steps(self.plugins))

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """The values of the published curves of whose setting the runs have a cell, beside ours.

        With `differences`, what of our setting is another than the published one, in words; "" for nothing.
        """
        steps, parts = sampling_steps(self.plugins), []
        for one in all_published().values():
            values = of_setting(curve_values(one), self.scores, steps)
            own = values[of_its_suite(one, values, self.plugins)]
            parts.append(own.assign(differences="; ".join(one.entry.differences)))
        found = pd.concat(parts, ignore_index=True)
        return compare_curves(found, self.curves, self.scores, steps) if len(found) else pd.DataFrame(columns=["id"])

    def image(self, row: pd.Series) -> Path | None:
        """The image file of a row of `scores`, None where there is none."""
        return confined(self.runs[row["run"]], row["image"])

    @cached_property
    def _own(self) -> "pd.Series[float]":
        return own_rewards(self.curves)

    @cached_property
    def _stored(self) -> pd.DataFrame:
        """The scores as the store has them, or on `axis`."""
        return self._pooled[0] if self._only is None else self._only

    @cached_property
    def _only(self) -> pd.DataFrame | None:
        """The scores of the only run, which need no events; None of several, or where its seconds are of several."""
        if len(self.runs) > 1:
            return None
        ((name, path),) = self.runs.items()
        scores = read_scores(path).assign(run=name)
        return scores if len(paces(scores)) <= 1 else None

    @cached_property
    def _pooled(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        tables = {
            name: RunTables(*read_tables(path), RunStore.open(path).plugins()) for name, path in self.runs.items()
        }
        return pool(tables, self.axis)

    def _declared(self, field: str) -> dict[str, Sequence[float]]:
        """The union of `anchors` or `targets`.

        Raises:
            InputError: two suites declare different ones for a reward.
        """
        declared: dict[str, Sequence[float]] = {}
        for run, suite in zip(self.runs, self.suites, strict=True):
            for reward, values in getattr(suite, field).items():
                if declared.setdefault(reward, values) != values:
                    raise InputError(
                        f"{run} declares other {field} of {reward!r} than a run before it; read them apart"
                    )
        return declared
