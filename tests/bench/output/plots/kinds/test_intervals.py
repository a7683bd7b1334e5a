import pytest
from matplotlib.figure import Figure

from bench.analysis.scores import largest_budget, summarise
from bench.output.looks import looks
from bench.output.plots.kinds.intervals import plot_intervals


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
