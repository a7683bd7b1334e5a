import pytest
from matplotlib.figure import Figure

from bench.analysis.paired import versus_reference
from bench.analysis.scores import largest_budget, summarise
from bench.output.looks import looks
from bench.output.plots.kinds.intervals import plot_differences, plot_intervals


def test_points_bars_and_labels_are_the_data(make_store):
    scores, _, _ = make_store(["base", "dno"], failed=[("dno", "a cat", 0)])
    final = largest_budget(summarise(scores))
    ax = plot_intervals(final, looks(["base", "dno"]), Figure().subplots())
    labels = [label.get_text() for label in ax.get_yticklabels()]
    # Read from the top: base, then dno.
    assert labels == ["dno\n(1 of 4 unscored)", "base"]
    bars, points = ax.get_lines()[::2], ax.get_lines()[1::2]
    for height, method in enumerate(["dno", "base"]):
        row = final.set_index("method").loc[method]
        assert bars[height].get_xdata() == pytest.approx([row["low"], row["high"]])
        assert points[height].get_xydata()[0] == pytest.approx([row["mean"], height])
    assert ax.get_xlabel() == "reward at 10 s (95 % interval)"


def test_differences_are_those_of_the_same_cells_the_best_on_top(make_store):
    scores, _, _ = make_store(["base", "best-of-n", "dno"])
    rows = largest_budget(versus_reference(scores, "best-of-n"))
    ax = plot_differences(rows, looks(["base", "best-of-n", "dno"]), Figure().subplots(), "best-of-n")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["base", "dno"]
    points = [line.get_xydata()[0] for line in ax.get_lines() if len(line.get_xdata()) == 1]
    means = largest_budget(summarise(scores)).set_index("method")["mean"]
    for height, method in enumerate(["base", "dno"]):
        assert points[height] == pytest.approx([means[method] - means["best-of-n"], height])
    assert ax.get_xlabel() == "reward above best-of-n (the line) at 10 s"


def test_only_what_is_resolved_is_filled(make_store):
    scores, _, _ = make_store(["best-of-n", "dno"])
    rows = largest_budget(versus_reference(scores, "best-of-n"))
    styles = looks(["best-of-n", "dno"])
    for verdict, filled in (("better", True), ("open", False)):
        ax = plot_differences(rows.assign(verdict=verdict), styles, Figure().subplots(), "best-of-n")
        (point,) = [line for line in ax.get_lines() if len(line.get_xdata()) == 1]
        assert (point.get_markerfacecolor() == styles["dno"].colour) == filled
