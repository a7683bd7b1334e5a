import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.output.looks import looks
from bench.output.plots.kinds.ecdf import plot_ecdf
from bench.output.plots.kinds.performance_profile import plot_performance_profile
from bench.output.plots.kinds.score_profile import plot_score_profile

STYLES = looks(["base", "dno"])


def lines(ax):
    """The joined lines by colour: what is only a marker has none."""
    return {line.get_color(): line for line in ax.get_lines() if line.get_linestyle() != "None"}


@pytest.mark.parametrize(
    ("plot", "x", "drawn"),
    [(plot_score_profile, "tau", "default"), (plot_performance_profile, "ratio", "steps-post")],
)
def test_lines_are_the_shares(plot, x, drawn):
    rows = pd.DataFrame({"method": ["base"] * 2 + ["dno"] * 2, x: [1.0, 2.0] * 2, "share": [0.5, 0.2, 0.9, np.nan]})
    found = lines(plot(rows.assign(low=0.1, high=0.9), STYLES, Figure().subplots()))
    assert found[STYLES["base"].colour].get_xydata().tolist() == [[1, 0.5], [2, 0.2]]
    assert found[STYLES["dno"].colour].get_xydata().tolist() == [[1, 0.9]]
    assert {line.get_drawstyle() for line in found.values()} == {drawn}


def test_an_ecdf_runs_on_to_where_its_misses_had_spent_their_budget():
    rows = pd.DataFrame(
        {
            "method": ["base", "base", "dno"],
            "x": [1.0, 2.0, 3.0],
            "share": [0.25, 0.5, 1.0],
            "missed_at": [8.0, 8.0, np.nan],
        }
    )
    ax = plot_ecdf(rows, STYLES, Figure().subplots())
    found = lines(ax)
    assert found[STYLES["base"].colour].get_xydata().tolist() == [[1, 0.25], [2, 0.5], [8, 0.5]]
    assert found[STYLES["dno"].colour].get_xydata().tolist() == [[3, 1]]
    crosses = [line for line in ax.get_lines() if line.get_marker() == "x"]
    assert [(line.get_color(), line.get_xydata().tolist()) for line in crosses] == [(STYLES["base"].colour, [[8, 0.5]])]
    assert ax.get_xscale() == "log"
