"""The share of cells above each normalised score: all rewards in one panel, on the scale of the suite's anchors."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.aggregate import normalised, score_profile
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.lines import draw_band_lines
from bench.output.plots.profiles import profile_plot
from bench.output.plots.registry import LeftOutError, Plot, plot
from bench.store.columns import TASK


@plot("score-profile")
def score_profiles(found: Evidence) -> Iterator[Plot]:
    """Draw one figure of all tasks."""
    lacking = sorted(set(found.scores["reward"]) - set(found.anchors))
    if lacking:
        raise LeftOutError(f"the suite declares no anchors for {', '.join(lacking)}")
    if len(found.scores[TASK].drop_duplicates()) == 1:
        raise LeftOutError("one reward on one model; a profile sums up several")
    profile = score_profile(normalised(found.scores, found.anchors))
    yield profile_plot("score-profile", profile, plot_score_profile, found.looks)


def plot_score_profile(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw `bench.analysis.aggregate.score_profile`."""
    draw_band_lines(ax, rows, "tau", "share", styles, step=False)
    ax.set(xlabel="normalised score (0 base, 1 anchor)", ylabel="share of cells above", ylim=(-0.02, 1.02))
    return ax
