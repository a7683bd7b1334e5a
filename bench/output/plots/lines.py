"""A line with its band, in the look of its method."""

import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.style import Look

BAND_ALPHA = 0.15
MARKER_DISTANCE = 0.12
"""In diagonals of the panel. Markers are what tells two methods of like colour apart."""


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
