"""A figure with a panel for each (model, reward) and one legend below all of them."""

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.analysis.scores import TASK
from bench.plots.style import WIDTH, Look

ACROSS = 2
LEGEND_ACROSS = 4
LEGEND_LINE = 0.22
"""Inches."""


def panel_figure(n_panels: int, height: float, n_legend: int = 0) -> tuple[Figure, list[Axes]]:
    """Make a figure of panels, two a row.

    Args:
        n_panels: how many.
        height: of a panel, in inches.
        n_legend: entries of the legend that room is left for.
    """
    rows = ceil(n_panels / ACROSS)
    legend = LEGEND_LINE * (ceil(n_legend / LEGEND_ACROSS) + 1)
    figure = Figure(figsize=(WIDTH, rows * height + legend), layout="constrained")
    axes = np.ravel(figure.subplots(rows, min(n_panels, ACROSS), squeeze=False)).tolist()
    for spare in axes[n_panels:]:
        spare.remove()
    return figure, axes[:n_panels]


def tasks(data: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split into (model, reward): a panel's title, which names the model if there are several, and rows."""
    several = data["model"].nunique() > 1
    return [(f"{reward} on {model}" if several else str(reward), rows) for (model, reward), rows in data.groupby(TASK)]


def legend_below(figure: Figure, styles: dict[str, Look], title: str = "") -> None:
    """Put one legend of all methods below the panels, where it covers no data."""
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, dashes=look.dash or (None, None), label=name)
        for name, look in styles.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=LEGEND_ACROSS, frameon=False, title=title)
