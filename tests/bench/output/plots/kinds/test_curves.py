import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from bench.analysis.curves import mean_curves
from bench.output.looks import MUTED, looks
from bench.output.plots.kinds.curves import plot_curves
from tests.support.evidence import GivenEvidence, record


def draw(scores, curves, axis="seconds"):
    means = mean_curves(curves, scores, axis)
    styles = looks(list(scores["method"]))
    return means, styles, plot_curves(means, styles, Figure().subplots(), axis)


def lines_by_colour(ax):
    return {line.get_color(): line for line in ax.get_lines() if len(line.get_xdata())}


@pytest.mark.parametrize("axis", ["seconds", "denoiser_evals"])
def test_lines_and_bands_are_the_data(make_store, axis):
    scores, curves, _ = make_store(["base", "dno"])
    means, styles, ax = draw(scores, curves, axis)
    lines = lines_by_colour(ax)
    for method, look in styles.items():
        mine = means[means["method"] == method].dropna(subset="mean")
        assert lines[look.colour].get_xydata() == pytest.approx(mine[["x", "mean"]].to_numpy())
    band = np.concatenate([path.vertices for area in ax.collections for path in area.get_paths()])
    assert band[:, 1].min() == pytest.approx(means["low"].min())
    assert band[:, 1].max() == pytest.approx(means["high"].max())


def test_lines_are_steps_that_never_rise_early(make_store):
    scores, curves, _ = make_store(["dno"])
    _, _, ax = draw(scores, curves)
    assert {line.get_drawstyle() for line in lines_by_colour(ax).values()} == {"steps-post"}


def test_a_method_without_a_curve_is_named(make_store):
    scores, curves, _ = make_store(["best-of-n", "dno"], failed=[("dno", "a cat", 0)])
    _, _, ax = draw(scores, curves)
    assert [text.get_text().split("\n") for text in ax.texts] == [
        ["no curve, cells without events:", "dno"],
        ["best-of-n"],
    ]


def test_a_method_that_is_not_anytime_is_drawn_as_points_with_their_intervals(make_store):
    scores, curves, folder = make_store(["base", "dno"])
    anytime = {"base": True, "dno": False}
    plugins = [record("method", name, family="any", anytime=value) for name, value in anytime.items()]
    found = GivenEvidence(scores, curves, folder, plugins=plugins)
    means = found.mean_curves("seconds")
    ax = plot_curves(means, found.looks, Figure().subplots(), pointwise=found.pointwise)
    (points,) = [line for line in ax.get_lines() if line.get_linestyle() == "None"]
    assert points.get_color() == found.looks["dno"].colour
    mine = found.summary[found.summary["method"] == "dno"]
    assert points.get_xydata() == pytest.approx(mine[["budget", "mean"]].to_numpy())
    (bars,) = [area for area in ax.collections if isinstance(area, LineCollection)]
    assert [bar[:, 1].tolist() for bar in bars.get_segments()] == mine[["low", "high"]].to_numpy().tolist()


def test_a_gain_is_over_the_first_sample_of_base(make_store):
    scores, curves, folder = make_store(["base", "dno"])
    found = GivenEvidence(scores, curves, folder)
    assert found.gains
    gains, means = found.mean_curves("seconds", gains=True), found.mean_curves("seconds")
    first = curves[(curves["method"] == "base") & (curves["step"] == 0)]["current_reward"].mean()
    assert (means["mean"] - gains["mean"]).dropna().to_numpy() == pytest.approx(first)
    band = {kind: (rows["high"] - rows["low"]).max() for kind, rows in (("gain", gains), ("value", means))}
    assert band["gain"] < 1e-9 < band["value"], "prompts differ here, methods on the same prompt do not"


def test_without_base_and_where_they_are_asked_for_curves_are_of_rewards(make_store):
    scores, curves, folder = make_store(["best-of-n", "dno"])
    assert not GivenEvidence(scores, curves, folder).gains
    scores, curves, folder = make_store(["base", "dno"])
    found = GivenEvidence(scores, curves, folder)
    found.absolute = True
    assert not found.gains


def test_of_many_methods_the_best_are_named_and_the_others_grey(make_store):
    scores, curves, _ = make_store(["base", *(f"m{number:02}" for number in range(12))])
    _, styles, ax = draw(scores, curves)
    assert [text.get_text() for text in ax.texts] == ["base", *(f"m{number:02}" for number in range(5, 12))]
    grey = [line for line in ax.get_lines() if line.get_color() == MUTED.colour]
    assert len(grey) == len(styles) - 8
