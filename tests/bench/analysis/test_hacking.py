import numpy as np
import pytest

from bench.analysis.hacking import hacking_path, hacking_points


def test_points_are_cells_and_the_path_is_their_means(make_scores):
    scores = make_scores({"dno": [[[1.0, 3.0]], [[2.0, 5.0]]]}, budgets=(10.0, 5.0))
    points, path = hacking_points(scores), hacking_path(scores)
    assert sorted(points[["score", "distance"]].to_numpy().tolist()) == [[1, 2], [2, 4], [3, 6], [5, 10]]
    assert path["budget"].tolist() == [5.0, 10.0]
    assert path[["score", "distance"]].to_numpy() == pytest.approx(np.array([[4.0, 8.0], [1.5, 3.0]]))


def test_what_was_not_measured_is_left_out(make_scores):
    scores = make_scores({"dno": [[1.0], [2.0]]})
    scores.loc[0, "support-distance"] = np.nan
    assert len(hacking_points(scores)) == 1
    assert hacking_path(scores).empty
