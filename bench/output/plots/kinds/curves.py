"""Reward over what it cost: a mean line with its band for each method."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.output.evidence import GAIN, Evidence
from bench.output.looks import MUTED, Looks
from bench.output.plots.lines import draw_band_line, draw_muted_line, draw_points
from bench.output.plots.panels import AXES, TALL, logarithmic, panel_figure
from bench.output.plots.registry import Plot, allowed, plot, require
from bench.output.plots.telling import ends_of, grey_note, muted, name_ends, telling
from bench.store.columns import COLUMNS, TASK

POINTS_NOTE = "points that are not joined: methods whose results count only at their budgets"
REWARD = COLUMNS["best_reward"].label


@plot("curves")
def curves(found: Evidence) -> Iterator[Plot]:
    """Draw one figure an axis: of gains over the model's own sample, else of rewards."""
    what = GAIN if found.gains else REWARD
    for axis in allowed(AXES, found):
        means = found.mean_curves(axis, gains=found.gains)
        require(means, "mean", "every method has a cell without events")
        draw = partial(plot_curves, axis=axis, pointwise=found.pointwise, what=what)
        notes = [POINTS_NOTE if found.pointwise else "", grey_note(means.groupby(TASK)["method"].nunique().max())]
        note = "\n".join(filter(None, notes))
        yield Plot(f"curves-{axis}", panel_figure(means, found.looks, draw, TALL, note, legend=False), means)


def plot_curves(
    rows: pd.DataFrame,
    styles: Looks,
    ax: Axes,
    axis: str = "seconds",
    pointwise: frozenset[str] = frozenset(),
    what: str = REWARD,
) -> Axes:
    """Draw one task of `Evidence.mean_curves` on the axis `axis`, `what` upwards; the methods `pointwise` as points."""
    known = rows.dropna(subset="mean")
    shown = telling(known.sort_values("x").groupby("method")["mean"].last())
    shades = muted(styles, shown)
    for place, (method, look) in enumerate(shades.items()):
        mine = known[known["method"] == method]
        if look is MUTED:
            draw_muted_line(ax, mine, "x", "mean", look)
        elif method in pointwise:
            draw_points(ax, mine, "x", "mean", look)
        elif len(mine):
            draw_band_line(ax, mine, "x", "mean", look, (place, len(shades)))
    _name_the_absent(ax, rows)
    ax.set(xlabel=COLUMNS[axis].title, ylabel=what)
    logarithmic(ax)
    name_ends(ax, ends_of(known.sort_values("x"), "x", "mean", shown), styles)
    return ax


def _name_the_absent(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows["mean"].notna().groupby(rows["method"]).any()
    if not known.all():
        words = "no curve, cells without events:\n" + "\n".join(known.index[~known])
        ax.text(0.02, 0.98, words, transform=ax.transAxes, va="top", fontsize="small", color="0.4")
