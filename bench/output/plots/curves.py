"""Reward over what it cost: a mean line with its band for each method."""

import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.lines import draw_band_line
from bench.output.plots.panels import Looks, logarithmic
from bench.store.columns import COLUMNS

AXES = ("seconds", "denoiser_evals")


def plot_curves(rows: pd.DataFrame, styles: Looks, ax: Axes, axis: str = "seconds") -> Axes:
    """Draw one (model, reward) of `bench.analysis.curves.mean_curves` on the axis `axis`."""
    known = rows.dropna(subset="mean")
    for place, (method, look) in enumerate(styles.items()):
        curve = known[known["method"] == method]
        if len(curve):
            draw_band_line(ax, curve, "x", "mean", look, (place, len(styles)))
    _name_the_absent(ax, rows)
    ax.set(xlabel=COLUMNS[axis].title, ylabel="best reward so far")
    logarithmic(ax)
    return ax


def _name_the_absent(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows["mean"].notna().groupby(rows["method"]).any()
    if not known.all():
        words = "no curve, cells without events:\n" + "\n".join(known.index[~known])
        ax.text(0.02, 0.98, words, transform=ax.transAxes, va="top", fontsize="small", color="0.4")
