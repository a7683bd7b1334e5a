"""Every seed as a dot: how far a method's cells scatter, before anything is averaged."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.seeds import seed_scores
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.panels import methods_from_top, panel_figure, rows_height
from bench.output.plots.registry import LeftOutError, Plot, plot, require
from bench.store.columns import PAIR
from bench.suite.budget import budget_text

NOTE = "a dot is a seed, a line of dots a prompt, in one order for all methods; hollow: no score, counted as base"
SPREAD = 0.7
"""The share of a method's row that its prompts take."""


@plot("seeds")
def seeds(found: Evidence) -> Iterator[Plot]:
    """Draw one figure."""
    cells = seed_scores(found.scores)
    if len(cells[PAIR].drop_duplicates()) == 1:
        raise LeftOutError("one prompt and seed; the intervals show it")
    require(cells, "score", "no cell has a score")
    height = rows_height(found.looks)
    yield Plot("seeds", panel_figure(cells, found.looks, plot_seeds, height, NOTE, legend=False), cells)


def plot_seeds(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw one task of `bench.analysis.seeds.seed_scores`."""
    prompts = {prompt: place for place, prompt in enumerate(sorted(rows["prompt"].unique()))}
    heights = methods_from_top(ax, rows["method"], styles)
    shifts = SPREAD * (0.5 - (rows["prompt"].map(prompts) + 0.5) / len(prompts))
    rows = rows.assign(height=rows["method"].map(heights) + shifts)
    size = float(np.clip(40 / len(prompts) ** 0.5 / len(heights) ** 0.5, 2, 5))
    for (method, status), mine in rows.groupby(["method", rows["status"].eq("ok")]):
        look = styles[str(method)]
        face = look.colour if status else "w"
        ax.plot(mine["score"], mine["height"], look.marker, color=look.colour, ms=size, mfc=face, mew=0.5, alpha=0.8)
    ax.locator_params(axis="x", nbins=6)
    when = budget_text(rows["budget"].iloc[0], rows["budget_unit"].iloc[0])
    ax.set(xlabel=f"reward at {when}")
    return ax
