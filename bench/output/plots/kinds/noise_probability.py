"""P(z) against measured truth: how probable the noise is, and how good the image."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import StrMethodFormatter, SymmetricalLogLocator

from bench.analysis.probability import BROKEN, IMPROBABLE, TRUTHS, probability_points
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.panels import PANEL, panel_figure
from bench.output.plots.registry import Plot, plot, require

PANELS = ["judged", "truth"]
NOTE = "a point is a cell at a budget; dashed: P(z) = 0.05; dotted: adherence 0.5"
LABELS = {"support-distance": "distance from the training distribution", "adherence": "adherence to the prompt"}


@plot("noise-probability")
def noise_probability(found: Evidence) -> Iterator[Plot]:
    """Draw one figure."""
    points = probability_points(found.scores)
    require(points, "log_p", "the run has no noise-probability beside a measured truth")
    truths = [name for name in TRUTHS if name in points]
    keys = [column for column in points if column not in truths]
    data = points.melt(keys, truths, var_name="truth")
    yield Plot("noise-probability", panel_figure(data, found.looks, plot_probability, PANEL, NOTE, PANELS), points)


def plot_probability(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one (`judged`, `truth`) of `probability_points` in long form: the truth's `value` over `log_p`.

    The dashed line is where P(z) begins to call an image out of distribution; the dotted one where adherence does.
    """
    for method, one in rows.groupby("method"):
        look = styles[str(method)]
        ax.plot(one["log_p"], one["value"], look.marker, color=look.colour, ms=3, alpha=0.5, markeredgewidth=0)
    ax.set_xscale("symlog", linthresh=1)
    ax.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=1, subs=[1, 2, 5]))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.axvline(np.log(IMPROBABLE), color="0.4", linestyle="--", linewidth=1)
    judged, truth = rows[PANELS].iloc[0]
    if truth == "adherence":
        ax.axhline(BROKEN, color="0.4", linestyle=":", linewidth=1)
    ax.set(xlabel=f"log P(z), {judged}", ylabel=LABELS[truth])
    return ax
