import numpy as np
import pytest

from bench.analysis.hacking import hacking_path, hacking_points
from bench.plots.hacking import plot_hacking
from bench.plots.style import SHIPPED


def test_points_and_path_are_the_data(make_store):
    scores, _, _ = make_store(["base", "dno"])
    points, path = hacking_points(scores), hacking_path(scores)
    (ax,) = plot_hacking(points, path).axes
    colour = SHIPPED["dno"].colour
    cells, means = (line.get_xydata() for line in ax.get_lines() if line.get_color() == colour)
    columns = ["distance", "score"]
    assert cells == pytest.approx(points.loc[points["method"] == "dno", columns].to_numpy())
    assert means == pytest.approx(path.loc[path["method"] == "dno", columns].to_numpy())


def test_markers_grow_with_the_budget(make_store):
    scores, _, _ = make_store(["dno"])
    (ax,) = plot_hacking(hacking_points(scores), hacking_path(scores)).axes
    (markers,) = ax.collections
    assert len(markers.get_sizes()) == 3
    assert (np.diff(markers.get_sizes()) > 0).all()
