"""Final scores with their intervals: one point a method."""

import pandas as pd
from matplotlib.axes import Axes

from bench.output.plots.panels import Looks, methods_from_top
from bench.suite.budget import budget_text

TICKS = 6


def plot_intervals(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one (model, reward) of `bench.analysis.scores.summarise` at the largest budget."""
    rows = rows.set_index("method")
    heights = methods_from_top(ax, rows.index, styles, _labels(rows))
    for method, height in heights.items():
        row, look = rows.loc[method], styles[method]
        ax.plot([row["low"], row["high"]], [height, height], color=look.colour)
        ax.plot(row["mean"], height, color=look.colour, marker=look.marker)
    ax.locator_params(axis="x", nbins=TICKS)
    when = budget_text(rows["budget"].iloc[0], rows["budget_unit"].iloc[0])
    ax.set(xlabel=f"reward at {when} (95 % interval)")
    return ax


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    unscored = rows["n_failed"] + rows["n_none"] + rows["n_missing"]
    counts = zip(rows.index, unscored, rows["n"], strict=True)
    return {name: f"{name}\n({lost} of {n} unscored)" for name, lost, n in counts if lost}
