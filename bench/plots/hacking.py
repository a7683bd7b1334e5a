"""Reward against distance from the training distribution: who pays for reward with a broken image."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.plots.panels import legend_below, panel_figure, tasks
from bench.plots.style import Look, looks, theme

PANEL_HEIGHT = 3.4
POINT_ALPHA = 0.25
SMALL, LARGE = 3.0, 7.0
"""Marker sizes of the first and the last budget on a path."""


def plot_hacking(points: pd.DataFrame, path: pd.DataFrame) -> Figure:
    """Draw `hacking_points` faintly and `hacking_path` over them, its markers growing with the budget."""
    styles = looks(list(points["method"]))
    panels = tasks(points)
    with theme():
        figure, axes = panel_figure(len(panels), PANEL_HEIGHT, len(styles))
        for ax, (title, rows) in zip(axes, panels, strict=True):
            task = path.merge(rows[["model", "reward"]].drop_duplicates())
            _draw_points(ax, rows, styles)
            _draw_path(ax, task, styles)
            ax.set(title=title, xlabel="distance from the training distribution", ylabel="reward")
        legend_below(figure, styles, title="faint: single cells; joined: means, their markers growing with the budget")
    return figure


def _draw_points(ax: Axes, rows: pd.DataFrame, styles: dict[str, Look]) -> None:
    for method, mine in rows.groupby("method"):
        look = styles[str(method)]
        ax.plot(
            mine["distance"],
            mine["score"],
            color=look.colour,
            marker=look.marker,
            markersize=SMALL,
            linestyle="none",
            alpha=POINT_ALPHA,
            markeredgewidth=0,
        )


def _draw_path(ax: Axes, path: pd.DataFrame, styles: dict[str, Look]) -> None:
    for method, mine in path.groupby("method"):
        look = styles[str(method)]
        ax.plot(mine["distance"], mine["score"], color=look.colour, dashes=look.dash or (None, None), zorder=3)
        sizes = np.linspace(SMALL, LARGE, len(mine)) ** 2
        ax.scatter(
            mine["distance"],
            mine["score"],
            s=sizes,
            color=look.colour,
            marker=look.marker,
            edgecolors="w",
            zorder=4,
        )
