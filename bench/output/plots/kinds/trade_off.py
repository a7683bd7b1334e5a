"""Reward gained against what became of everything else: one panel a judge, such as adherence or a held-out reward."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.declared import Directions, direction
from bench.analysis.hacking import trade_off
from bench.output.evidence import Evidence
from bench.output.looks import MUTED, Look, Looks
from bench.output.plots.lines import draw_path
from bench.output.plots.panels import PANEL, panel_figure, panels_of
from bench.output.plots.registry import LeftOutError, Plot, plot, require, slug
from bench.output.plots.telling import ends_of, grey_note, muted, name_ends, telling
from bench.store.columns import BASELINE

NOTE = "base at (0, 0); markers grow with the budget; crosses: 95 % intervals at the largest"
WORDS = {1: "change (more is better)", -1: "change (less is better)", 0: "change"}


@plot("trade-off")
def trade_offs(found: Evidence) -> Iterator[Plot]:
    """Draw one figure a task."""
    if BASELINE not in set(found.scores["method"]):
        raise LeftOutError(f"the run has no {BASELINE} to gain over")
    paths = trade_off(found.scores).dropna(subset=["gained", "change"])
    require(paths, "gained", "the run has no metrics and no other rewards to judge by")
    draw = partial(plot_trade_off, directions=found.directions)
    for task, rows in panels_of(paths):
        note = "\n".join(filter(None, [f"{task}, {NOTE}", grey_note(rows["method"].nunique())]))
        figure = panel_figure(rows, found.looks, draw, PANEL, note, ["judge"], legend=False)
        yield Plot(f"trade-off-{slug(task)}", figure, rows)


def plot_trade_off(rows: pd.DataFrame, styles: Looks, ax: Axes, directions: Directions) -> Axes:
    """Draw one (task, judge) of `bench.analysis.hacking.trade_off`: a path a method, `base` at (0, 0)."""
    ax.axhline(0, color="0.4", linewidth=1, zorder=1)
    ax.axvline(0, color="0.4", linewidth=1, zorder=1)
    shown = telling(rows.groupby("method")["gained"].last())
    for method, look in muted(styles, shown).items():
        mine = rows[rows["method"] == method]
        draw_path(ax, mine, "gained", "change", look)
        if look is not MUTED and len(mine):
            _draw_cross(ax, mine.iloc[-1], look)
    reward, judge = rows[["reward", "judge"]].iloc[0]
    ax.set(xlabel=f"{reward} gained over base", ylabel=WORDS[_direction(judge, directions)])
    name_ends(ax, ends_of(rows, "gained", "change", shown), styles)
    return ax


def _draw_cross(ax: Axes, end: pd.Series, look: Look) -> None:
    ax.plot([end["gained_low"], end["gained_high"]], [end["change"]] * 2, color=look.colour, lw=1, alpha=0.6)
    ax.plot([end["gained"]] * 2, [end["change_low"], end["change_high"]], color=look.colour, lw=1, alpha=0.6)


def _direction(judge: str, directions: Directions) -> int:
    """A held-out reward is better when higher, as every reward is."""
    return 1 if judge.startswith("held-out/") else direction(judge, directions)
