"""Final scores with their intervals: one point a method."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.scores import largest_budget
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.panels import methods_from_top, panel_figure, rows_height
from bench.output.plots.registry import Plot, plot
from bench.suite.budget import budget_text

TICKS = 6


@plot("intervals")
def intervals(found: Evidence) -> Iterator[Plot]:
    """Draw one figure."""
    final = largest_budget(found.summary)
    height = rows_height(found.looks)
    yield Plot("intervals", panel_figure(final, found.looks, plot_intervals, height, legend=False), final)


def plot_intervals(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one task of `bench.analysis.scores.summarise` at the largest budget."""
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
