"""How plots look: one theme, and one colour, marker and dash a method everywhere."""

from contextlib import AbstractContextManager
from typing import NamedTuple

import matplotlib as mpl
import seaborn as sns

WIDTH = 9.0
"""Inches: at 200 dpi twice the width of a README, so that 9 pt type reads there as 9 px or more."""

Dash = tuple[float, ...]
SOLID: Dash = ()


class Look(NamedTuple):
    """A method's colour, marker and dash pattern, as seaborn takes them."""

    colour: str
    marker: str
    dash: Dash


# Grey for the null line, Okabe and Ito's palette but its yellow, which white paper swallows
# (jfly.uni-koeln.de/color), then Tol's muted scheme (personal.sron.nl/~pault). All safe for the colour-blind.
COLOURS = (
    *("#7f7f7f", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"),
    *("#332288", "#882255", "#999933", "#aa4499"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Dash, ...] = (SOLID, (4, 1), (1, 1), (5, 1, 1, 1), (3, 1, 1, 1, 1, 1))

SHIPPED = (
    *("base", "best-of-n", "dno", "dno-regularized", "dno-ode", "doodl", "dno-zo", "dno-hybrid-1", "dno-hybrid-2"),
    *("cfg-sweep", "more-steps"),
)
"""A method's place is its look in every plot of every run: append, never insert."""


def looks(methods: list[str]) -> dict[str, Look]:
    """Give each method of a run its look: the shipped ones by their place, all others in alphabetical order.

    The first twelve differ in colour, the next twelve take the colours again in dashes. Markers turn at another
    length, so that 660 methods stay distinct. To have one look everywhere, pass all methods of a run, not those
    of one plot.
    """
    others = sorted(set(methods) - set(SHIPPED))
    return {name: _look(place) for place, name in enumerate([*SHIPPED, *others]) if name in methods}


def _look(place: int) -> Look:
    lap = place // len(COLOURS) % len(DASHES)
    return Look(COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)], DASHES[lap])


def theme() -> AbstractContextManager[None]:
    """Draw and save within this context: seaborn's ticks with a light grid, nothing global changed."""
    style = sns.axes_style("ticks", {"axes.grid": True, "grid.color": "0.9", "axes.axisbelow": True})
    sizes = {
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.labelsize": 9,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 9,
        "lines.linewidth": 1.5,
        "lines.markersize": 5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        # Type 42 keeps the text of a PDF selectable and is what publishers accept.
        "pdf.fonttype": 42,
        "savefig.dpi": 200,
        # Inches. Ticks may change when panels get their sizes; one more digit must not push a label off the page.
        "figure.constrained_layout.w_pad": 0.12,
        # The pictures of a sheet do not touch: to blend them first would only take time.
        "image.composite_image": False,
        # A prompt may hold dollar signs; it is never a formula.
        "text.parse_math": False,
    }
    return mpl.rc_context({**style, **sizes})
