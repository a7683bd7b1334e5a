"""Reward against what it takes: who is worth the memory or the time."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.pareto import COSTS, pareto
from bench.analysis.scores import largest_budget
from bench.output.evidence import Evidence
from bench.output.looks import MUTED, Looks
from bench.output.plots.panels import PANEL, logarithmic, panel_figure
from bench.output.plots.registry import LeftOutError, Plot, allowed, plot, require
from bench.output.plots.telling import ends_of, grey_note, muted, name_ends, telling
from bench.store.columns import COLUMNS, PEAK, TASK

ALIKE = 0.05
"""A share: memory that differs by less is that of the process, not of the method."""
NOTE = "filled, on the broad line: no other has as much reward for as little; thin bars: 95 % intervals"


@plot("pareto")
def paretos(found: Evidence) -> Iterator[Plot]:
    """Draw one figure a cost."""
    for cost in allowed(COSTS, found):
        # Memory is known for a cell as a whole, time at each of its budgets.
        points = pareto(found.summary if cost == "seconds" else largest_budget(found.summary), cost)
        require(points, "cost", f"{cost} of no method is known with its reward")
        if cost == PEAK:
            _require_different(points)
        draw = partial(plot_pareto, cost=cost)
        note = "\n".join(filter(None, [NOTE, grey_note(points.groupby(TASK)["method"].nunique().max())]))
        figure = panel_figure(points, found.looks, draw, PANEL, note, legend=False)
        yield Plot(f"pareto-{cost}", figure, points)


def _require_different(memory: pd.DataFrame) -> None:
    """Leave memory out where it tells no method from another.

    Raises:
        LeftOutError: on every task it is the same for all.
    """
    tasks = memory.groupby(TASK)["cost"]
    if (tasks.max() <= (1 + ALIKE) * tasks.min()).all():
        raise LeftOutError(f"the {COLUMNS[PEAK].label} of all methods is the same within {100 * ALIKE:g} %")


def plot_pareto(rows: pd.DataFrame, styles: Looks, ax: Axes, cost: str = "seconds") -> Axes:
    """Draw one task of `bench.analysis.pareto.pareto` with its frontier, above all others."""
    front = rows[rows["efficient"]].sort_values("cost")
    ax.plot(front["cost"], front["mean"], color="0.85", lw=5, drawstyle="steps-post", zorder=1)
    shown = telling(rows.sort_values("cost").groupby("method")["mean"].last())
    shades = muted(styles, shown)
    for method, mine in rows.groupby("method"):
        look = shades[str(method)]
        if look is not MUTED:
            ax.plot([mine["cost"]] * 2, [mine["low"], mine["high"]], color=look.colour, lw=1, alpha=0.4)
        ax.plot(mine["cost"], mine["mean"], color=look.colour, lw=0.5, alpha=0.6)
        for efficient, points in mine.groupby("efficient"):
            face = look.colour if efficient else "w"
            ax.plot(points["cost"], points["mean"], ls="", marker=look.marker, color=look.colour, markerfacecolor=face)
    ax.set(xlabel=COLUMNS[cost].title, ylabel="reward")
    if cost == "seconds":
        logarithmic(ax)
    else:
        # Wide enough that the noise of one process does not look like a difference.
        ax.set_xlim(min(0.8 * rows["cost"].max(), 0.95 * rows["cost"].min()), 1.05 * rows["cost"].max())
    name_ends(ax, ends_of(rows.sort_values("cost"), "cost", "mean", shown), styles)
    return ax
