import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.analysis.hacking import hacking_path, hacking_points
from bench.output.looks import looks
from bench.output.plots.kinds.hacking import RING, plot_hacking
from tests.bench.analysis.conftest import make_scores

__all__ = ["make_scores"]


def draw(scores):
    points, path = hacking_points(scores), hacking_path(scores)
    rows = pd.concat([points.assign(kind="cell"), path.assign(kind="mean")])
    return points, path, plot_hacking(rows, looks(list(scores["method"])), Figure().subplots())


def test_points_and_path_are_the_data(make_store):
    scores, _, _ = make_store(["base", "dno"])
    points, path, ax = draw(scores)
    colour = looks(["base", "dno"])["dno"].colour
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


def test_the_ends_of_the_front_are_ringed_and_named(make_scores):
    # The distance is twice the reward, but that of `far`, which has less reward than `most` and is farther away.
    scores = make_scores({"base": [[1.0]], "between": [[2.0]], "far": [[2.5]], "most": [[3.0]]})
    scores["support-distance"] = scores["support-distance"].mask(scores["method"] == "far", 9.0)
    _, _, ax = draw(scores)
    (rings,) = [line for line in ax.get_lines() if line.get_markersize() == RING]
    assert rings.get_xydata().tolist() == [[2, 1], [6, 3]]
    assert ax.get_xlabel().split("\n")[1:] == ["front: from base (nearest)", "to most (most reward)"]


def test_of_many_methods_the_ends_of_the_front_are_never_muted(make_scores):
    # `near` has the least reward, and is nearest.
    many = {"near": [[0.5]]} | {f"m{number:02}": [[float(number)]] for number in range(1, 20)}
    _, _, ax = draw(make_scores(many))
    assert {"near", "m19"} < {text.get_text() for text in ax.texts}


def test_one_method_may_be_both_ends(make_scores):
    scores = make_scores({"base": [[1.0]], "best": [[2.0]]})
    scores["support-distance"] = scores["method"].map({"base": 1.0, "best": 0.5})
    _, _, ax = draw(scores)
    assert ax.get_xlabel().endswith("\nthe front is best alone: nearest, with the most reward")


def test_without_means_there_is_no_front_to_name(make_scores):
    _, _, ax = draw(make_scores({"base": [[1.0], [np.nan]]}))
    assert ax.get_xlabel() == "distance from the training distribution"
