import numpy as np
from matplotlib.figure import Figure

from bench.analysis.seeds import seed_scores
from bench.output.looks import looks
from bench.output.plots.kinds.seeds import plot_seeds


def test_every_cell_is_a_dot_beside_its_method_in_the_line_of_its_prompt(make_store):
    scores, _, _ = make_store(["base", "dno"], failed=[("dno", "a cat", 1)])
    cells, styles = seed_scores(scores), looks(["base", "dno"])
    ax = plot_seeds(cells, styles, Figure().subplots())
    dots = np.concatenate([line.get_xydata() for line in ax.get_lines()])
    assert sorted(dots[:, 0]) == sorted(cells["score"])
    # From the top: base's cat, base's dog, dno's cat, dno's dog.
    assert sorted(set(dots[:, 1].round(3))) == [-0.175, 0.175, 0.825, 1.175]
    top = dots[dots[:, 1] > 1]
    base = cells[(cells["method"] == "base") & (cells["prompt"] == "a cat")]
    assert sorted(top[:, 0]) == sorted(base["score"])


def test_a_cell_without_a_score_of_its_own_is_hollow(make_store):
    scores, _, _ = make_store(["base", "dno"], failed=[("dno", "a cat", 1)])
    cells = seed_scores(scores)
    ax = plot_seeds(cells, looks(["base", "dno"]), Figure().subplots())
    hollow = [line for line in ax.get_lines() if line.get_markerfacecolor() == "w"]
    assert [line.get_xdata().tolist() for line in hollow] == [cells.loc[cells["status"] == "failed", "score"].tolist()]
