import numpy as np
import pytest

from bench.analysis.hacking import hacked_share, hacking_path, hacking_points, judges, trade_off


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


def test_parts_of_a_metric_and_costs_do_not_judge(make_scores):
    scores = make_scores({"a": [[1.0]]}).assign(**{"noise-probability": 0.5, "noise-probability/m1": 0.1})
    assert judges(scores) == ["support-distance", "held-out/brightness", "noise-probability"]


def test_trade_off_by_hand(make_scores):
    # The distance is twice the reward, the held-out reward minus it.
    scores = make_scores({"base": [[1.0], [2.0]], "dno": [[2.0], [6.0]]})
    found = trade_off(scores).set_index(["method", "judge"])
    dno = found.loc[("dno", "support-distance")]
    # Gains of 1 and 4: 12.7 standard errors of 1.5 to each side; the distance changes by twice as much.
    reach = pytest.approx(12.706 * 1.5, abs=1e-2)
    assert (dno["gained"], dno["gained"] - dno["gained_low"], dno["gained_high"] - dno["gained"]) == (2.5, reach, reach)
    assert dno[["change", "value"]].tolist() == [5.0, 8.0]
    assert dno["change_high"] - 5.0 == pytest.approx(12.706 * 3, abs=1e-2)
    assert found.loc[("dno", "held-out/brightness"), ["change", "value"]].tolist() == [-2.5, -4.0]
    assert found.loc[("base", "support-distance"), ["gained", "change", "value"]].tolist() == [0.0, 0.0, 3.0]


def test_a_reward_does_not_judge_itself_and_nothing_is_gained_without_base(make_scores):
    scores = make_scores({"base": [[1.0]], "dno": [[2.0]]}).assign(**{"held-out/darkness": np.nan})
    assert set(trade_off(scores)["judge"]) == {"support-distance", "held-out/brightness"}
    assert trade_off(scores[scores["method"] == "dno"]).empty


def test_a_failed_cell_has_gained_nothing(make_scores):
    found = trade_off(make_scores({"base": [[1.0], [1.0]], "dno": [[np.nan], [3.0]]}))
    dno = found[(found["method"] == "dno") & (found["judge"] == "support-distance")].iloc[0]
    assert dno[["gained", "change"]].tolist() == [1.0, 2.0]


def test_hacked_runs_by_hand(make_scores):
    scores = make_scores({"base": [[0.0, 2.0], [1.0, 1.0]], "dno": [[2.0, 3.0], [0.5, 4.0]]})
    # Above the mean of base on the prompt, 1, in three of four; its held-out reward is minus the reward.
    found = hacked_share(scores).set_index("method")
    assert found.loc["dno", ["share", "low", "high", "n"]].tolist() == [0.75, 0.0, 1.0, 4]
    assert found.loc["base", "share"] == 0.25
    with_another = scores.assign(**{"held-out/contrast": scores["best_reward"]})
    assert hacked_share(with_another)["share"].tolist() == [0.0, 0.0]


def test_without_held_out_rewards_nobody_knows(make_scores):
    scores = make_scores({"base": [[1.0], [2.0]], "dno": [[2.0], [3.0]]}).drop(columns="held-out/brightness")
    assert hacked_share(scores)["share"].isna().all()
