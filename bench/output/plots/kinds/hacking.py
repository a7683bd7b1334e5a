"""Reward against distance from the training distribution: who pays for reward with a broken image."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.hacking import DISTANCE, hacking_path, hacking_points
from bench.analysis.pareto import dominated
from bench.output.evidence import Evidence
from bench.output.looks import Look, Looks
from bench.output.plots.lines import SMALL, draw_path
from bench.output.plots.panels import TALL, panel_figure
from bench.output.plots.registry import LeftOutError, Plot, plot, require
from bench.output.plots.telling import ALWAYS, MOST, MUTED, ends_of, grey_note, muted, name_ends, telling
from bench.store.columns import TASK

NOTE = (
    "faint: single cells; joined: means, their markers growing with the budget\n"
    "grey line, the front: no other method has as much reward as near to the training distribution"
)
POINT_ALPHA = 0.25


@plot("hacking")
def hacking(found: Evidence) -> Iterator[Plot]:
    """Draw one figure."""
    if DISTANCE not in found.scores:
        raise LeftOutError(f"the run has no metric {DISTANCE}")
    cells, means = hacking_points(found.scores), hacking_path(found.scores)
    data = pd.concat([cells.assign(kind="cell"), means.assign(kind="mean")], ignore_index=True)
    require(data, "score", f"no cell has both a reward and a {DISTANCE}")
    note = "\n".join(filter(None, [NOTE, grey_note(means.groupby(TASK)["method"].nunique().max())]))
    yield Plot("hacking", panel_figure(data, found.looks, plot_hacking, TALL, note, legend=False), data)


def plot_hacking(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one task of `hacking_points` (as `kind` "cell", faintly) and `hacking_path` ("mean")."""
    means = rows[rows["kind"] == "mean"]
    last = means.groupby("method").last().sort_values("distance")
    front = last[~dominated(last["distance"].to_numpy(), -last["score"].to_numpy())]
    shown = _shown(last, front)
    ax.plot(front["distance"], front["score"], color="0.85", lw=4, drawstyle="steps-post", zorder=1)
    for method, look in muted(styles, shown).items():
        mine = rows[rows["method"] == method]
        if look is not MUTED:
            _draw_cells(ax, mine[mine["kind"] == "cell"], look)
        draw_path(ax, mine[mine["kind"] == "mean"], "distance", "score", look)
    ax.set(xlabel="distance from the training distribution", ylabel="reward")
    name_ends(ax, ends_of(means, "distance", "score", shown), styles)
    return ax


def _shown(last: pd.DataFrame, front: pd.DataFrame) -> list[str]:
    """All methods where they are few; else the front's ends and what lies between, and what others are held against."""
    if len(last) <= MOST:
        return list(last.index)
    return telling(front["score"].combine_first(last.loc[last.index.isin(ALWAYS), "score"]))


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
