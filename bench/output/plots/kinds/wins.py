"""Who beats whom, and how often: a square of methods."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.analysis.aggregate import win_matrix
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.registry import LeftOutError, Plot, plot
from bench.output.plots.style import theme

CELL, NAMES, BAR = 0.34, 1.4, 1.0
"""Inches: a cell of the square, what names take on two sides, and the colour bar."""


@plot("wins")
def wins(found: Evidence) -> Iterator[Plot]:
    """Draw one figure of all tasks."""
    if len(found.looks) == 1:
        raise LeftOutError("one method; there is nobody to beat")
    matrix = win_matrix(found.scores)
    rivals = matrix.mask(np.eye(len(matrix), dtype=bool))
    if rivals.isna().all(axis=None):
        raise LeftOutError("no two methods have scores on the same cells")
    yield Plot("wins", wins_figure(matrix, found.looks), matrix.reset_index(names="method"))


def plot_wins(matrix: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw `bench.analysis.aggregate.win_matrix` in percent; a method against itself, or unknown, stays grey."""
    names = [name for name in styles if name in matrix.index]
    values = 100 * matrix.loc[names, names].mask(np.eye(len(names), dtype=bool))
    sns.heatmap(
        values, vmin=0, vmax=100, cmap="PuOr_r", annot=True, fmt=".0f", square=True, linewidths=0.5, ax=ax,
        annot_kws={"size": 7}, cbar_kws={"label": "row beats column (% of cells)", "shrink": 0.9},
    )  # fmt: skip
    ax.set(facecolor="0.9", xlabel="", ylabel="")
    ax.set_xticks(ax.get_xticks(), names, rotation=90)
    ax.set_yticks(ax.get_yticks(), names, rotation=0)
    ax.grid(visible=False)
    return ax


def wins_figure(matrix: pd.DataFrame, styles: Looks) -> Figure:
    """Make the figure of `plot_wins`, as large as its methods need."""
    side = CELL * max(len(matrix), 4) + NAMES
    with theme():
        figure = Figure(figsize=(side + BAR, side), layout="constrained")
        plot_wins(matrix, styles, figure.subplots())
    return figure
