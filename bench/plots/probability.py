"""P(z) against measured truth: how probable the noise is, and how good the image."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter, SymmetricalLogLocator

from bench.analysis.probability import BROKEN, IMPROBABLE, TRUTHS
from bench.plots.panels import LEGEND_LINE, legend_below
from bench.plots.style import WIDTH, looks, theme

PANEL_HEIGHT = 2.8
LABELS = {"support-distance": "distance from the training distribution", "adherence": "adherence to the prompt"}


def plot_probability(points: pd.DataFrame) -> Figure:
    """Draw `probability_points`: a row of panels for each `judged`, a panel for each truth.

    The dashed line is where P(z) begins to call an image out of distribution; the dotted one where adherence does.
    """
    styles = looks(list(points["method"]))
    truths = [name for name in TRUTHS if name in points]
    groups = list(points.groupby("judged", sort=False))
    with theme():
        legend = LEGEND_LINE * (len(styles) / 4 + 2)
        figure = Figure(figsize=(WIDTH, PANEL_HEIGHT * len(groups) + legend), layout="constrained")
        axes = figure.subplots(len(groups), len(truths), squeeze=False)
        for row, (judged, mine) in zip(axes, groups, strict=True):
            for ax, truth in zip(row, truths, strict=True):
                for method, one in mine.groupby("method"):
                    look = styles[str(method)]
                    ax.plot(
                        one["log_p"], one[truth], look.marker, color=look.colour, ms=3, alpha=0.5, markeredgewidth=0
                    )
                ax.set_xscale("symlog", linthresh=1)
                ax.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=1, subs=[1, 2, 5]))
                ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
                ax.axvline(np.log(IMPROBABLE), color="0.4", linestyle="--", linewidth=1)
                if truth == "adherence":
                    ax.axhline(BROKEN, color="0.4", linestyle=":", linewidth=1)
                ax.set(xlabel=f"log P(z), {judged}", ylabel=LABELS[truth])
        legend_below(figure, styles, title="a point is a cell at a budget; dashed: P(z) = 0.05; dotted: adherence 0.5")
    return figure
