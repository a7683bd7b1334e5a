"""What the two profiles share: one panel of the methods that have one, and a note that names the others."""

from textwrap import fill

import pandas as pd

from bench.output.looks import Looks
from bench.output.plots.panels import TALL, PlotPanel, panel_figure
from bench.output.plots.registry import LeftOutError, Plot, require

NOTE_WIDTH = 110
FEWEST = 3
"""Methods that a profile sets apart; of two the other plots say as much."""


def profile_plot(name: str, profile: pd.DataFrame, draw: PlotPanel, styles: Looks) -> Plot:
    """Draw one panel of a profile with a `share` a method.

    Raises:
        LeftOutError: no method has one, or fewer than three.
    """
    require(profile, "share", "no method was planned for all rewards and models, with all cells scored")
    known = profile.dropna(subset="share")
    having = set(known["method"])
    if len(having) < FEWEST:
        raise LeftOutError(
            f"a profile sets {FEWEST} methods or more apart; of this run only {len(having)} can have one"
        )
    absent = [name for name in styles if name not in having]
    words = f"no profile, since not planned or not scored everywhere: {', '.join(absent)}"
    note = fill(words, NOTE_WIDTH, break_on_hyphens=False)
    figure = panel_figure(known, styles, draw, TALL, note if absent else "", by=())
    return Plot(name, figure, profile)
