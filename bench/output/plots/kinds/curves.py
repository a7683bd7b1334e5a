"""Reward over what it cost: a mean line with its band for each method."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.lines import draw_band_lines, draw_points
from bench.output.plots.panels import AXES, PANEL, logarithmic, panel_figure
from bench.output.plots.registry import Plot, allowed, plot, require
from bench.store.columns import COLUMNS

POINTS_NOTE = "points that are not joined: methods whose results count only at their budgets"


@plot("curves")
def curves(found: Evidence) -> Iterator[Plot]:
    """Draw one figure an axis."""
    note = POINTS_NOTE if found.pointwise else ""
    for axis in allowed(AXES, found):
        means = found.mean_curves(axis)
        require(means, "mean", "every method has a cell without events")
        draw = partial(plot_curves, axis=axis, pointwise=found.pointwise)
        yield Plot(f"curves-{axis}", panel_figure(means, found.looks, draw, PANEL, note), means)


def plot_curves(
    rows: pd.DataFrame, styles: Looks, ax: Axes, axis: str = "seconds", pointwise: frozenset[str] = frozenset()
) -> Axes:
    """Draw one task of `Evidence.mean_curves` on the axis `axis`; the methods `pointwise` as points."""
    draw_band_lines(ax, rows[~rows["method"].isin(pointwise)], "x", "mean", styles)
    for method in pointwise & set(rows["method"]):
        draw_points(ax, rows[rows["method"] == method], "x", "mean", styles[method])
    _name_the_absent(ax, rows)
    ax.set(xlabel=COLUMNS[axis].title, ylabel="best reward so far")
    logarithmic(ax)
    return ax


def _name_the_absent(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows["mean"].notna().groupby(rows["method"]).any()
    if not known.all():
        words = "no curve, cells without events:\n" + "\n".join(known.index[~known])
        ax.text(0.02, 0.98, words, transform=ax.transAxes, va="top", fontsize="small", color="0.4")
