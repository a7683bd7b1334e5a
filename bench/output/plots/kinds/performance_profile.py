"""The share of problems that a method solves within a ratio of the fastest method's time."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.targets import performance_profile
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.lines import draw_band_lines
from bench.output.plots.panels import AXES
from bench.output.plots.profiles import profile_plot
from bench.output.plots.registry import NO_TARGETS, LeftOutError, Plot, allowed, plot, require


@plot("performance-profile")
def performance_profiles(found: Evidence) -> Iterator[Plot]:
    """Draw one figure an axis, of all tasks with targets."""
    if found.ladder.empty:
        raise LeftOutError(NO_TARGETS)
    for axis in allowed(AXES, found):
        times = found.times(axis)
        require(times.replace(np.inf, np.nan), "time", "no target was reached")
        profile = performance_profile(times)
        yield profile_plot(f"performance-profile-{axis}", profile, plot_performance_profile, found.looks)


def plot_performance_profile(rows: pd.DataFrame, styles: Looks, ax: Axes) -> Axes:
    """Draw `bench.analysis.targets.performance_profile`."""
    draw_band_lines(ax, rows, "ratio", "share", styles)
    ax.set(xlabel="time / time of the fastest method", ylabel="share of problems solved", ylim=(-0.02, 1.02))
    return ax
