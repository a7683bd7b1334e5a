"""Reward against distance from the training distribution: who pays for reward with a broken image."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.hacking import DISTANCE, hacking_path, hacking_points
from bench.output.evidence import Evidence
from bench.output.looks import Look, Looks
from bench.output.plots.lines import SMALL, draw_path
from bench.output.plots.panels import TALL, panel_figure
from bench.output.plots.registry import LeftOutError, Plot, plot, require

NOTE = "faint: single cells; joined: means, their markers growing with the budget"
POINT_ALPHA = 0.25


@plot("hacking")
def hacking(found: Evidence) -> Iterator[Plot]:
    """Draw one figure."""
    if DISTANCE not in found.scores:
        raise LeftOutError(f"the run has no metric {DISTANCE}")
    cells, means = hacking_points(found.scores), hacking_path(found.scores)
    data = pd.concat([cells.assign(kind="cell"), means.assign(kind="mean")], ignore_index=True)
    require(data, "score", f"no cell has both a reward and a {DISTANCE}")
    yield Plot("hacking", panel_figure(data, found.looks, plot_hacking, TALL, NOTE), data)


def plot_hacking(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one task of `hacking_points` (as `kind` "cell", faintly) and `hacking_path` ("mean")."""
    for method, mine in rows.groupby("method"):
        look = styles[str(method)]
        _draw_cells(ax, mine[mine["kind"] == "cell"], look)
        draw_path(ax, mine[mine["kind"] == "mean"], "distance", "score", look)
    ax.set(xlabel="distance from the training distribution", ylabel="reward")
    return ax


def _draw_cells(ax: Axes, rows: pd.DataFrame, look: Look) -> None:
    ax.plot(
        rows["distance"],
        rows["score"],
        color=look.colour,
        marker=look.marker,
        markersize=SMALL,
        linestyle="none",
        alpha=POINT_ALPHA,
        markeredgewidth=0,
    )
