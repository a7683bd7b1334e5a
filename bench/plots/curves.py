"""Reward over what it cost: a mean line with its band for each method, one panel a reward."""

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.plots.panels import legend_below, panel_figure, tasks
from bench.plots.style import Look, looks, theme

AXIS_LABELS = {"seconds": "method seconds", "denoiser_evals": "denoiser evaluations"}
PANEL_HEIGHT = 3.0
MARKER_EVERY = 25
BAND_ALPHA = 0.15


def plot_curves(curves: pd.DataFrame, axis: str) -> Figure:
    """Draw `bench.analysis.curves.mean_curves` of one axis, "seconds" or "denoiser_evals"."""
    styles = looks(list(curves["method"]))
    panels = tasks(curves)
    with theme():
        figure, axes = panel_figure(len(panels), PANEL_HEIGHT, len(styles))
        for ax, (title, rows) in zip(axes, panels, strict=True):
            _draw_panel(ax, rows.dropna(subset="mean"), styles)
            _name_the_absent(ax, rows)
            ax.set(title=title, xlabel=AXIS_LABELS[axis], ylabel="best reward so far")
            _logarithmic(ax)
        legend_below(figure, styles)
    return figure


def _draw_panel(ax: Axes, rows: pd.DataFrame, styles: dict[str, Look]) -> None:
    for method, curve in rows.groupby("method"):
        colour = styles[str(method)].colour
        ax.fill_between(curve["x"], curve["low"], curve["high"], color=colour, alpha=BAND_ALPHA, lw=0, step="post")
    sns.lineplot(
        rows,
        x="x",
        y="mean",
        hue="method",
        style="method",
        palette={name: look.colour for name, look in styles.items()},
        markers={name: look.marker for name, look in styles.items()},
        dashes={name: look.dash for name, look in styles.items()},
        # A slope from point to point would show a gain before it happened.
        drawstyle="steps-post",
        markevery=MARKER_EVERY,
        errorbar=None,
        legend=False,
        ax=ax,
    )


def _name_the_absent(ax: Axes, rows: pd.DataFrame) -> None:
    known = rows["mean"].notna().groupby(rows["method"]).any()
    if not known.all():
        words = "no curve, cells without events:\n" + "\n".join(known.index[~known])
        ax.text(0.02, 0.98, words, transform=ax.transAxes, va="top", fontsize="small", color="0.4")


def _logarithmic(ax: Axes) -> None:
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    # Over many decades the labels between the powers of ten would touch.
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1000 else (1,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
