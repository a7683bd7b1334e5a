"""Profiles: what share of everything a method has solved, by score, by relative time, by time."""

import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.lines import draw_band_line
from bench.output.plots.panels import Looks, logarithmic
from bench.store.columns import COLUMNS

NOTE = "cross: where misses had spent their budget; the curve is not known beyond"


def plot_score_profile(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw `bench.analysis.aggregate.score_profile`: the share of cells above each normalised score."""
    _draw(ax, rows, "tau", styles, step=False)
    ax.set(xlabel="normalised score (0 base, 1 anchor)", ylabel="share of cells above", ylim=(-0.02, 1.02))
    return ax


def plot_performance_profile(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw `bench.analysis.targets.performance_profile`: the share of problems solved within a ratio of the fastest."""
    _draw(ax, rows, "ratio", styles)
    ax.set(xlabel="time / time of the fastest method", ylabel="share of problems solved", ylim=(-0.02, 1.02))
    return ax


def plot_ecdf(rows: pd.DataFrame, styles: Looks, ax: Axes, axis: str = "seconds") -> Axes:
    """Draw one (model, reward) of `bench.analysis.targets.ecdf`; a cross where a method's curve ends by its misses."""
    ends = rows.groupby("method").tail(1).dropna(subset="missed_at")
    ends = ends.assign(x=ends[["x", "missed_at"]].max(axis="columns"))
    _draw(ax, pd.concat([rows, ends]), "x", styles)
    for _, end in ends.iterrows():
        ax.plot(end["x"], end["share"], "x", color=styles[end["method"]].colour, clip_on=False)
    ax.set(xlabel=COLUMNS[axis].title, ylabel="share of targets reached", ylim=(-0.02, 1.02))
    logarithmic(ax)
    return ax


def _draw(ax: Axes, rows: pd.DataFrame, x: str, styles: Looks, step: bool = True) -> None:
    known = rows.dropna(subset="share")
    for place, (method, look) in enumerate(styles.items()):
        mine = known[known["method"] == method]
        if len(mine):
            draw_band_line(ax, mine, x, "share", look, (place, len(styles)), step=step)
