"""What plots are made from, and what they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bench.analysis.aggregate import Anchors
from bench.analysis.scores import summarise
from bench.analysis.targets import RUNGS, declared_ladder, times_to_target
from bench.output.plots.panels import Looks
from bench.output.plots.style import looks

Targets = Mapping[str, Sequence[float]]
SHEETS = 12


class LeftOutError(Exception):
    """Why a plot, or the rest of its figures, is not drawn for a run."""


class Plot(NamedTuple):
    """A figure, the name of its files, and the numbers that it shows."""

    name: str
    figure: Figure
    data: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Run:
    """What plots are made from.

    Args:
        scores: of the store.
        curves: of the store.
        folder: that the paths of images are relative to.
        anchors: that the suite declares, none for a reward without.
        targets: that the suite declares; a reward without has 20, evenly up to its anchor.
        n_sheets: how many contact sheets to draw at most.
    """

    scores: pd.DataFrame
    curves: pd.DataFrame
    folder: Path
    anchors: Anchors
    targets: Targets
    n_sheets: int | None = SHEETS

    @cached_property
    def styles(self) -> Looks:
        """The look of each method: one for all plots of the run."""
        return looks(list(self.scores["method"]))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Of all methods and budgets."""
        return summarise(self.scores)

    def times(self, axis: str) -> pd.DataFrame:
        """Of `times_to_target`, for the rewards that have targets or anchors.

        Raises:
            LeftOutError: none has.
        """
        anchors = self.anchors.items()
        evenly = {name: np.linspace(base, anchor, RUNGS + 1)[1:].tolist() for name, (base, anchor) in anchors}
        ladder = declared_ladder(self.scores, evenly | dict(self.targets))
        if ladder.empty:
            raise LeftOutError("the suite declares neither targets nor anchors")
        return times_to_target(self.curves, self.scores, ladder, axis)
