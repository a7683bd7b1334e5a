"""Lines in the looks of their methods: with a band, as a path of budgets, or points where there is no line."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.output.looks import Look, Looks

BAND_ALPHA = 0.15
MARKER_DISTANCE = 0.12
"""In diagonals of the panel. Markers are what tells two methods of like colour apart."""
SMALL, LARGE = 3.0, 7.0
"""Marker sizes of the first and the last budget on a path."""


def draw_band_line(
    ax: Axes, rows: pd.DataFrame, x: str, y: str, look: Look, place: tuple[int, int], step: bool = True
) -> None:
    """Draw `y` over `x`, and from `low` to `high` where `rows` has them.

    Args:
        ax: to draw on.
        rows: of one method, in ascending order of `x`.
        x: a column.
        y: a column.
        look: of the method.
        place: of the method among all, and their number: they shift the markers, so that those of lines that run
            together do not lie on each other, and thin the bands.
        step: whether a value holds until the next one. A slope would show a gain before it happened.
    """
    number, n_methods = place
    if "low" in rows:
        band = ax.fill_between(rows[x], rows["low"], rows["high"], step="post" if step else None)
        band.set(color=look.colour, alpha=min(BAND_ALPHA, 1 / n_methods), linewidth=0)
    ax.plot(
        rows[x],
        rows[y],
        color=look.colour,
        marker=look.marker,
        markevery=(MARKER_DISTANCE * number / n_methods, MARKER_DISTANCE),
        markeredgecolor="w",
        dashes=look.dash or (None, None),
        drawstyle="steps-post" if step else "default",
    )


def draw_band_lines(ax: Axes, rows: pd.DataFrame, x: str, y: str, styles: Looks, step: bool = True) -> None:
    """Draw a `draw_band_line` for each method that has a `y`."""
    known = rows.dropna(subset=y)
    for place, (method, look) in enumerate(styles.items()):
        mine = known[known["method"] == method]
        if len(mine):
            draw_band_line(ax, mine, x, y, look, (place, len(styles)), step=step)


def draw_muted_line(ax: Axes, rows: pd.DataFrame, x: str, y: str, look: Look) -> None:
    """Draw a method that is there to be compared with, behind the others; a step, without its band."""
    ax.plot(rows[x], rows[y], color=look.colour, linewidth=0.8, drawstyle="steps-post", zorder=1)


def draw_path(ax: Axes, rows: pd.DataFrame, x: str, y: str, look: Look) -> None:
    """Join the means of a method in ascending order of budget, markers growing."""
    ax.plot(rows[x], rows[y], color=look.colour, dashes=look.dash or (None, None), zorder=3)
    if not look.marker:
        return
    sizes = np.linspace(SMALL, LARGE, len(rows)) ** 2
    ax.scatter(rows[x], rows[y], s=sizes, color=look.colour, marker=look.marker, edgecolors="w", zorder=4)


def draw_points(ax: Axes, rows: pd.DataFrame, x: str, y: str, look: Look) -> None:
    """Draw `y` at each `x` with a bar from `low` to `high`, not joined: nothing is known between them."""
    ax.vlines(rows[x], rows["low"], rows["high"], color=look.colour, alpha=0.5, linewidth=1)
    ax.plot(rows[x], rows[y], look.marker, color=look.colour, markeredgecolor="w")
