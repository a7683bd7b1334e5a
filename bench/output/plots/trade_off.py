"""Reward gained against what became of everything else: one panel a judge, such as adherence or a held-out reward."""

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.declared import Directions, direction
from bench.output.plots.hacking import draw_path
from bench.output.plots.panels import Looks

BETTER = {1: " (more is better)", -1: " (less is better)", 0: ""}
NONE: Directions = {}
NOTE = "base at (0, 0); markers grow with the budget; crosses: 95 % intervals at the largest"


def plot_trade_off(rows: pd.DataFrame, styles: Looks, ax: Axes, directions: Directions = NONE) -> Axes:
    """Draw one (model, reward, judge) of `bench.analysis.hacking.trade_off`: a path a method, `base` at (0, 0)."""
    ax.axhline(0, color="0.4", linewidth=1, zorder=1)
    ax.axvline(0, color="0.4", linewidth=1, zorder=1)
    for method, mine in rows.groupby("method"):
        look = styles[str(method)]
        draw_path(ax, mine, "gained", "change", look)
        end = mine.iloc[-1]
        ax.plot([end["gained_low"], end["gained_high"]], [end["change"]] * 2, color=look.colour, lw=1, alpha=0.6)
        ax.plot([end["gained"]] * 2, [end["change_low"], end["change_high"]], color=look.colour, lw=1, alpha=0.6)
    reward, judge = rows[["reward", "judge"]].iloc[0]
    ax.set(xlabel=f"{reward} gained over base", ylabel=f"change{BETTER[direction(judge, directions)]}")
    return ax
