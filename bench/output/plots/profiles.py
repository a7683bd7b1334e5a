"""What the two profiles share: one panel of the methods that have one, and a note that names the others."""

from textwrap import fill

import pandas as pd

from bench.output.looks import Looks
from bench.output.plots.panels import TALL, PlotPanel, panel_figure
from bench.output.plots.registry import Plot, require

NOTE_WIDTH = 110


def profile_plot(name: str, profile: pd.DataFrame, draw: PlotPanel, styles: Looks) -> Plot:
    """Draw one panel of a profile with a `share` a method.

    Raises:
        LeftOutError: no method has one.
    """
    require(profile, "share", "no method was planned for all rewards and models, with all cells scored")
    known = profile.dropna(subset="share")
    absent = [name for name in styles if name not in set(known["method"])]
    words = f"no profile, since not planned or not scored everywhere: {', '.join(absent)}"
    note = fill(words, NOTE_WIDTH, break_on_hyphens=False)
    figure = panel_figure(known, styles, draw, TALL, note if absent else "", by=())
    return Plot(name, figure, profile)
