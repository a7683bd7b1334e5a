"""Final scores with their intervals: one point a method, one panel a reward."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.analysis.units import budget_text
from bench.plots.panels import panel_figure, tasks
from bench.plots.style import Look, looks, theme

ROW_HEIGHT = 0.28
FRAME_HEIGHT = 0.9
TICKS = 6


def plot_intervals(final: pd.DataFrame) -> Figure:
    """Draw the rows of `bench.analysis.scores.summarise` at the largest budget of each (model, reward)."""
    styles = looks(list(final["method"]))
    panels = tasks(final)
    with theme():
        figure, axes = panel_figure(len(panels), FRAME_HEIGHT + ROW_HEIGHT * len(styles))
        for ax, (title, rows) in zip(axes, panels, strict=True):
            _draw_panel(ax, rows.sort_values("method", ascending=False), styles)
            when = budget_text(rows["budget"].iloc[0], rows["budget_unit"].iloc[0])
            ax.locator_params(axis="x", nbins=TICKS)
            ax.set(title=title, xlabel=f"reward at {when} (95 % interval)")
    return figure


def _draw_panel(ax: Axes, rows: pd.DataFrame, styles: dict[str, Look]) -> None:
    for height, (_, row) in enumerate(rows.iterrows()):
        look = styles[row["method"]]
        ax.plot([row["low"], row["high"]], [height, height], color=look.colour)
        ax.plot(row["mean"], height, color=look.colour, marker=look.marker)
    ax.set_yticks(range(len(rows)), [_label(row) for _, row in rows.iterrows()])
    ax.set_ylim(-0.6, len(rows) - 0.4)


def _label(row: pd.Series) -> str:
    unscored = row["n_failed"] + row["n_none"] + row["n_missing"]
    return f"{row['method']}\n({unscored} of {row['n']} unscored)" if unscored else row["method"]
