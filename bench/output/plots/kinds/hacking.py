"""Reward against distance from the training distribution: who pays for reward with a broken image."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.hacking import DISTANCE, hacking_path, hacking_points
from bench.analysis.pareto import dominated
from bench.output.evidence import Evidence
from bench.output.looks import ALWAYS, MOST, MUTED, Look, Looks
from bench.output.plots.lines import SMALL, draw_path
from bench.output.plots.panels import TALL, panel_figure
from bench.output.plots.registry import LeftOutError, Plot, plot, require
from bench.output.plots.telling import ends_of, grey_note, muted, name_ends, telling
from bench.store.columns import TASK

NOTE = (
    "faint: single cells; joined: means, their markers growing with the budget\n"
    "grey line, the front, its ends ringed: no other method has as much reward as near to the training distribution"
)
POINT_ALPHA = 0.25
RING = 13
"""Points: the size of the rings."""


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
    """Draw one task of `hacking_points` (`kind` "cell", faintly) and `hacking_path` ("mean"), the front, its ends."""
    means = rows[rows["kind"] == "mean"]
    last = means.groupby("method").last().sort_values("distance")
    front = last[~dominated(last["distance"].to_numpy(), -last["score"].to_numpy())]
    shown = _shown(last, front)
    ax.plot(front["distance"], front["score"], color="0.85", lw=4, drawstyle="steps-post", zorder=1)
    ends = front.iloc[[0, -1]] if len(front) else front
    ax.plot(ends["distance"], ends["score"], "o", color="0.5", ms=RING, mfc="none", mew=1, zorder=2)
    for method, look in muted(styles, shown).items():
        mine = rows[rows["method"] == method]
        if look is not MUTED:
            _draw_cells(ax, mine[mine["kind"] == "cell"], look)
        draw_path(ax, mine[mine["kind"] == "mean"], "distance", "score", look)
    ax.set(xlabel=f"distance from the training distribution{_words(list(ends.index))}", ylabel="reward")
    name_ends(ax, ends_of(means, "distance", "score", shown), styles)
    return ax


def _words(ends: list[str]) -> str:
    """Name the ends of the front, who is nearest to the distribution and who has the most reward, in lines below."""
    if not ends:
        return ""
    nearest, most = ends
    if nearest == most:
        return f"\nthe front is {most} alone: nearest, with the most reward"
    return f"\nfront: from {nearest} (nearest)\nto {most} (most reward)"


def _shown(last: pd.DataFrame, front: pd.DataFrame) -> list[str]:
    """All methods where they are few; else the front's ends and what lies between, and what others are held against."""
    if len(last) <= MOST:
        return list(last.index)
    ends = front.index[[0, -1]] if len(front) else front.index
    return telling(front["score"].combine_first(last.loc[last.index.isin(ALWAYS), "score"]), {*ALWAYS, *ends})


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
