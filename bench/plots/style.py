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


# Okabe and Ito's palette, safe for the colour-blind (jfly.uni-koeln.de/color); the null line is grey.
SHIPPED = {
    "base": Look("#7f7f7f", "o", (2, 1)),
    "best-of-n": Look("#0072b2", "s", SOLID),
    "dno": Look("#d55e00", "^", SOLID),
    "dno-regularized": Look("#009e73", "D", SOLID),
}

# What Okabe and Ito leave over, then Tol's muted scheme (personal.sron.nl/~pault).
COLOURS = ("#cc79a7", "#e69f00", "#56b4e9", "#332288", "#882255", "#999933", "#88ccee", "#aa4499")
MARKERS = ("v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Dash, ...] = ((4, 1), (1, 1), (5, 1, 1, 1))


def looks(methods: list[str]) -> dict[str, Look]:
    """Give each method its look: fixed for the shipped ones, by alphabetical order for all others.

    Colours, markers and dashes turn at lengths without a common factor, so 168 other methods stay distinct.
    """
    others = sorted(set(methods) - set(SHIPPED))
    given = {
        name: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)], DASHES[i % len(DASHES)])
        for i, name in enumerate(others)
    }
    return {name: {**SHIPPED, **given}[name] for name in sorted(set(methods))}


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
        # A prompt may hold dollar signs; it is never a formula.
        "text.parse_math": False,
    }
    return mpl.rc_context({**style, **sizes})
