"""A figure with a panel for each (model, reward) and one legend below all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.output.looks import Looks
from bench.output.plots.style import WIDTH, theme
from bench.store.columns import TASK

AXES = ("seconds", "denoiser_evals")
"""What curves and times are drawn against: the store's columns."""
ACROSS = 2
LEGEND_ACROSS = 4
LEGEND_LINE = 0.22
"""Inches."""
PANEL, TALL = 3.0, 3.4
"""Inches: the height of a panel."""
ROW, FRAME = 0.28, 0.9
"""Inches: the height of a method's row, and of what stands around the rows."""

NO_LABELS: Mapping[str, str] = {}
PlotPanel = Callable[[pd.DataFrame, Looks, Axes], Axes]
"""Draws the rows of one panel, each method in its look, and returns the axes."""


def panel_figure(
    data: pd.DataFrame,
    styles: Looks,
    plot: PlotPanel,
    height: float,
    note: str = "",
    by: Sequence[str] = TASK,
    legend: bool = True,
) -> Figure:
    """Draw panels, two a row, above one legend of the methods in `data`.

    Args:
        data: what `plot` takes, for any number of panels.
        styles: of all methods of the run.
        plot: draws a panel.
        height: of a panel, in inches.
        note: above the legend.
        by: the columns that tell one panel from another.
        legend: whether there is one; not where every panel names its methods.
    """
    panels = panels_of(data, by)
    present = {name: look for name, look in styles.items() if legend and name in set(data["method"])}
    room = LEGEND_LINE * (ceil(len(present) / LEGEND_ACROSS) + note.count("\n") + 2)
    with theme():
        figure, axes = _axes(len(panels), height, room)
        for ax, (title, rows) in zip(axes, panels, strict=True):
            plot(rows, styles, ax).set_title(title)
        _legend_below(figure, present, note)
    return figure


def panels_of(data: pd.DataFrame, by: Sequence[str] = TASK) -> list[tuple[str, pd.DataFrame]]:
    """Split by columns into titles and rows; a title names the reward, and what differs. No columns, one panel."""
    if not by:
        return [("", data)]
    named = [_tells_apart(data, key) for key in by]
    groups = data.groupby(list(by), sort=True)
    return [(", ".join(map(str, compress(values, named))), rows) for values, rows in groups]


def _tells_apart(data: pd.DataFrame, key: str) -> bool:
    """Whether a title needs the column: the reward always, what is one for all panels never."""
    if key == "task_budget":
        return bool(data[TASK].drop_duplicates().duplicated(["model", "reward"]).any())
    return key not in TASK or key == "reward" or data[key].nunique() > 1


def rows_height(methods: Looks) -> float:
    """Give each method of a panel a row: inches."""
    return FRAME + ROW * len(methods)


def methods_from_top(
    ax: Axes, methods: Iterable[str], styles: Looks, labels: Mapping[str, str] = NO_LABELS
) -> dict[str, int]:
    """Give each of `methods` a row of the y axis, labelled, in the order of `styles`.

    Returns:
        The height of each method.
    """
    names = [name for name in reversed(styles) if name in set(methods)]
    ax.set_yticks(range(len(names)), [labels.get(name, name) for name in names])
    ax.set_ylim(-0.6, len(names) - 0.4)
    return {name: height for height, name in enumerate(names)}


def logarithmic(ax: Axes) -> None:
    """Make the x axis logarithmic, its labels plain numbers that do not touch."""
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1000 else (1,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _axes(n_panels: int, height: float, legend: float) -> tuple[Figure, list[Axes]]:
    rows = ceil(n_panels / ACROSS)
    figure = Figure(figsize=(WIDTH, rows * height + legend), layout="constrained")
    axes = np.ravel(figure.subplots(rows, min(n_panels, ACROSS), squeeze=False)).tolist()
    for spare in axes[n_panels:]:
        spare.remove()
    return figure, axes[:n_panels]


def _legend_below(figure: Figure, styles: Looks, title: str) -> None:
    """Put one legend of all methods below the panels, where it covers no data."""
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, dashes=look.dash or (None, None), label=name)
        for name, look in styles.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=LEGEND_ACROSS, frameon=False, title=title)
