"""Reward against what it takes: who is worth the memory or the time."""

import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.panels import Looks, logarithmic
from bench.store.columns import COLUMNS

NOTE = "filled, on the grey line: no other has as much reward for as little; thin bars: 95 % intervals"


def plot_pareto(rows: pd.DataFrame, styles: Looks, ax: Axes, cost: str = "seconds") -> Axes:
    """Draw one (model, reward) of `bench.analysis.pareto.pareto` with its frontier, above all others."""
    front = rows[rows["efficient"]].sort_values("cost")
    ax.plot(front["cost"], front["mean"], color="0.85", lw=5, drawstyle="steps-post", zorder=1)
    for method, mine in rows.groupby("method"):
        look = styles[str(method)]
        ax.plot([mine["cost"]] * 2, [mine["low"], mine["high"]], color=look.colour, lw=1, alpha=0.4)
        ax.plot(mine["cost"], mine["mean"], color=look.colour, lw=0.5, alpha=0.6)
        for efficient, points in mine.groupby("efficient"):
            face = look.colour if efficient else "w"
            ax.plot(points["cost"], points["mean"], look.marker, color=look.colour, markerfacecolor=face)
    ax.set(xlabel=COLUMNS[cost].title, ylabel="reward")
    if cost == "seconds":
        logarithmic(ax)
    else:
        # Wide enough that the noise of one process does not look like a difference.
        ax.set_xlim(min(0.8 * rows["cost"].max(), 0.95 * rows["cost"].min()), 1.05 * rows["cost"].max())
    return ax
