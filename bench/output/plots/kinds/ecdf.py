"""The share of targets reached by each time."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.targets import ecdf
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.lines import draw_band_lines
from bench.output.plots.panels import AXES, PANEL, logarithmic, panel_figure
from bench.output.plots.registry import NO_TARGETS, LeftOutError, Plot, allowed, plot, require
from bench.store.columns import COLUMNS

NOTE = "cross: where misses had spent their budget; the curve is not known beyond"


@plot("ecdf")
def ecdfs(found: Evidence) -> Iterator[Plot]:
    """Draw one figure an axis."""
    if found.ladder.empty:
        raise LeftOutError(NO_TARGETS)
    for axis in allowed(AXES, found):
        shares = ecdf(found.times(axis))
        require(shares[shares["share"] > 0], "share", "no target was reached")
        yield Plot(
            f"ecdf-{axis}", panel_figure(shares, found.looks, partial(plot_ecdf, axis=axis), PANEL, NOTE), shares
        )


def plot_ecdf(rows: pd.DataFrame, styles: Looks, ax: Axes, axis: str = "seconds") -> Axes:
    """Draw one task of `bench.analysis.targets.ecdf`; a cross where a method's curve ends by its misses."""
    ends = rows.groupby("method").tail(1).dropna(subset="missed_at")
    ends = ends.assign(x=ends[["x", "missed_at"]].max(axis="columns"))
    draw_band_lines(ax, pd.concat([rows, ends]), "x", "share", styles)
    for _, end in ends.iterrows():
        ax.plot(end["x"], end["share"], "x", color=styles[end["method"]].colour, clip_on=False)
    ax.set(xlabel=COLUMNS[axis].title, ylabel="share of targets reached", ylim=(-0.02, 1.02))
    logarithmic(ax)
    return ax
