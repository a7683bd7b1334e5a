import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.analysis.hacking import hacking_path, hacking_points
from bench.output.looks import looks
from bench.output.plots.kinds.hacking import plot_hacking


def draw(scores):
    points, path = hacking_points(scores), hacking_path(scores)
    rows = pd.concat([points.assign(kind="cell"), path.assign(kind="mean")])
    return points, path, plot_hacking(rows, looks(list(scores["method"])), Figure().subplots())


def test_points_and_path_are_the_data(make_store):
    scores, _, _ = make_store(["base", "dno"])
    points, path, ax = draw(scores)
    colour = looks(["dno"])["dno"].colour
    cells, means = (line.get_xydata() for line in ax.get_lines() if line.get_color() == colour)
    columns = ["distance", "score"]
    assert cells == pytest.approx(points.loc[points["method"] == "dno", columns].to_numpy())
    assert means == pytest.approx(path.loc[path["method"] == "dno", columns].to_numpy())


def test_markers_grow_with_the_budget(make_store):
    scores, _, _ = make_store(["dno"])
    _, _, ax = draw(scores)
    (markers,) = ax.collections
    assert len(markers.get_sizes()) == 3
    assert (np.diff(markers.get_sizes()) > 0).all()
