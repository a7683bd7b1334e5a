"""Final scores: how far each method is from the reference on the same prompts and seeds, or what it came to."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.scores import largest_budget
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.panels import methods_from_top, panel_figure, rows_height
from bench.output.plots.registry import Plot, plot
from bench.suite.budget import budget_text

TICKS = 6
NOTE = (
    "paired on the same prompts and seeds, 95 % intervals\n"
    "filled: better or worse at p ≤ 0.05, after Holm over the methods of a panel"
)


@plot("intervals")
def intervals(found: Evidence) -> Iterator[Plot]:
    """Draw one figure: differences where there is a reference and something beside it, else rewards."""
    final, height = largest_budget(found.summary), rows_height(found.looks)
    if not found.reference or len(found.looks) == 1:
        yield Plot("intervals", panel_figure(final, found.looks, plot_intervals, height, legend=False), final)
        return
    rows = largest_budget(found.differences)
    draw = partial(plot_differences, reference=found.reference)
    yield Plot("intervals", panel_figure(rows, found.looks, draw, height, NOTE, legend=False), rows)


def plot_intervals(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one task of `bench.analysis.scores.summarise` at the largest budget."""
    rows = rows.set_index("method")
    heights = methods_from_top(ax, rows.index, styles, _labels(rows))
    for method, height in heights.items():
        row, look = rows.loc[method], styles[method]
        ax.plot([row["low"], row["high"]], [height, height], color=look.colour)
        ax.plot(row["mean"], height, color=look.colour, marker=look.marker)
    ax.set(xlabel=f"reward at {_when(rows)} (95 % interval)")
    ax.locator_params(axis="x", nbins=TICKS)
    return ax


def plot_differences(rows: pd.DataFrame, styles: Looks, ax: Axes, reference: str) -> Axes:
    """Draw one task of `Evidence.differences` at the largest budget, the best method on top."""
    rows = rows.set_index("method").sort_values("difference", ascending=False, na_position="last")
    heights = methods_from_top(ax, rows.index, {name: styles[name] for name in rows.index})
    ax.axvline(0, color=styles[reference].colour, linewidth=0.8, zorder=1)
    for method, height in heights.items():
        row, look = rows.loc[method], styles[method]
        ax.plot([row["low"], row["high"]], [height, height], color=look.colour)
        face = look.colour if row["verdict"] in {"better", "worse"} else "w"
        ax.plot(row["difference"], height, color=look.colour, marker=look.marker, markerfacecolor=face)
    ax.set(xlabel=f"reward above {reference} (the line) at {_when(rows)}")
    ax.locator_params(axis="x", nbins=TICKS)
    return ax


def _when(rows: pd.DataFrame) -> str:
    return budget_text(rows["budget"].iloc[0], rows["budget_unit"].iloc[0])


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    unscored = rows["n_failed"] + rows["n_none"] + rows["n_missing"]
    counts = zip(rows.index, unscored, rows["n"], strict=True)
    return {name: f"{name}\n({lost} of {n} unscored)" for name, lost, n in counts if lost}
