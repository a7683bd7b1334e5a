"""How plots look: one theme for all of them."""

from contextlib import AbstractContextManager

import matplotlib as mpl
import seaborn as sns

WIDTH = 9.0
"""Inches: at 200 dpi twice the width of a README, so that 9 pt type reads there as 9 px or more."""


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
