"""Reward against distance from the training distribution: who pays for reward with a broken image."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.panels import Looks
from bench.output.plots.style import Look

NOTE = "faint: single cells; joined: means, their markers growing with the budget"
POINT_ALPHA = 0.25
SMALL, LARGE = 3.0, 7.0
"""Marker sizes of the first and the last budget on a path."""


def plot_hacking(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one (model, reward) of `hacking_points` (as `kind` "cell", faintly) and `hacking_path` ("mean")."""
    for method, mine in rows.groupby("method"):
        look = styles[str(method)]
        _draw_points(ax, mine[mine["kind"] == "cell"], look)
        draw_path(ax, mine[mine["kind"] == "mean"], "distance", "score", look)
    ax.set(xlabel="distance from the training distribution", ylabel="reward")
    return ax


def draw_path(ax: Axes, rows: pd.DataFrame, x: str, y: str, look: Look) -> None:
    """Join the means of a method in ascending order of budget, markers growing."""
    ax.plot(rows[x], rows[y], color=look.colour, dashes=look.dash or (None, None), zorder=3)
    sizes = np.linspace(SMALL, LARGE, len(rows)) ** 2
    ax.scatter(rows[x], rows[y], s=sizes, color=look.colour, marker=look.marker, edgecolors="w", zorder=4)


def _draw_points(ax: Axes, rows: pd.DataFrame, look: Look) -> None:
    ax.plot(
        rows["distance"],
        rows["score"],
        color=look.colour,
        marker=look.marker,
        markersize=SMALL,
        linestyle="none",
        alpha=POINT_ALPHA,
        markeredgewidth=0,
    )
