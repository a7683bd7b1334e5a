import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.output.looks import MUTED, looks
from bench.output.plots.kinds.trade_off import plot_trade_off

STYLES = looks(["base", "dno"])
DIRECTIONS = {"support-distance": -1, "adherence": 1}
ROWS = pd.DataFrame(
    {
        "reward": "darkness",
        "judge": "support-distance",
        "method": ["base", "dno", "dno"],
        "gained": [0.0, 0.2, 0.5],
        "gained_low": [0.0, 0.1, 0.4],
        "gained_high": [0.0, 0.3, 0.7],
        "change": [0.0, 0.05, 0.3],
        "change_low": [0.0, 0.0, 0.2],
        "change_high": [0.0, 0.1, 0.35],
    }
)


def test_path_and_the_last_intervals_are_the_data():
    ax = plot_trade_off(ROWS, STYLES, Figure().subplots(), DIRECTIONS)
    path, across, along = (
        line.get_xydata().tolist() for line in ax.get_lines() if line.get_color() == STYLES["dno"].colour
    )
    assert path == [[0.2, 0.05], [0.5, 0.3]]
    assert across == [[0.4, 0.3], [0.7, 0.3]]
    assert along == [[0.5, 0.2], [0.5, 0.35]]


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        ("support-distance", "change (less is better)"),
        ("adherence", "change (more is better)"),
        ("saturation", "change"),
        ("held-out/jpeg", "change (more is better)"),
    ],
)
def test_the_direction_of_the_judge_is_said(judge, words):
    ax = plot_trade_off(ROWS.assign(judge=judge), STYLES, Figure().subplots(), DIRECTIONS)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("darkness gained over base", words)


def test_of_many_methods_only_those_that_are_named_have_intervals():
    many = pd.concat([ROWS, *(ROWS[ROWS["method"] == "dno"].assign(method=f"m{i}", gained=-i) for i in range(9))])
    ax = plot_trade_off(many, looks(many["method"]), Figure().subplots(), DIRECTIONS)
    assert {text.get_text() for text in ax.texts} == {"base", "dno", *(f"m{i}" for i in range(6))}
    assert len([line for line in ax.get_lines() if line.get_color() == MUTED.colour]) == 3
