import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.output.looks import MUTED, looks
from bench.output.plots.kinds.pareto import plot_pareto

STYLES = looks(["base", "dno"])
ROWS = pd.DataFrame(
    {
        "method": ["base", "base", "dno", "dno"],
        "cost": [1.0, 2.0, 1.5, 4.0],
        "mean": [0.1, 0.0, 0.3, 0.5],
        "low": [0.0, -0.1, 0.2, 0.4],
        "high": [0.2, 0.1, 0.4, 0.6],
        "efficient": [True, False, True, True],
    }
)


def test_the_efficient_are_filled_and_on_the_frontier():
    ax = plot_pareto(ROWS, STYLES, Figure().subplots())
    frontier, *rest = ax.get_lines()
    assert frontier.get_drawstyle() == "steps-post"
    assert frontier.get_xydata().tolist() == [[1, 0.1], [1.5, 0.3], [4, 0.5]]
    markers = [line for line in rest if line.get_marker() != "None"]
    drawn = {(line.get_color(), line.get_markerfacecolor()): line.get_xydata().tolist() for line in markers}
    grey, orange = STYLES["base"].colour, STYLES["dno"].colour
    assert drawn == {(grey, grey): [[1, 0.1]], (grey, "w"): [[2, 0]], (orange, orange): [[1.5, 0.3], [4, 0.5]]}
    bars = [line.get_xydata().tolist() for line in rest if len(set(line.get_xdata())) == 1 and line not in markers]
    assert sorted(bars)[0] == [[1, 0], [1, 0.2]]
    assert len(bars) == 4


def test_time_is_logarithmic_and_memory_is_not_stretched_to_its_noise():
    assert plot_pareto(ROWS, STYLES, Figure().subplots()).get_xscale() == "log"
    ax = plot_pareto(ROWS.assign(cost=[700.0, 700.1, 700.2, 700.3]), STYLES, Figure().subplots(), "peak_memory_mb")
    assert ax.get_xlim() == pytest.approx((560, 735), abs=1)


def test_of_many_methods_the_best_are_named_and_the_others_grey():
    many = pd.concat([ROWS, *(ROWS[ROWS["method"] == "dno"].assign(method=f"m{i}", mean=[-i, -i]) for i in range(9))])
    ax = plot_pareto(many, looks(many["method"]), Figure().subplots())
    named = {text.get_text() for text in ax.texts}
    assert named == {"base", "dno", *(f"m{i}" for i in range(6))}
    assert {line.get_color() for line in ax.get_lines() if line.get_zorder() > 1} >= {MUTED.colour}
