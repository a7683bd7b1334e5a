import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bench.output.looks import looks
from bench.output.plots.kinds.wins import plot_wins


def test_rows_beat_columns_in_percent_and_what_is_not_known_is_empty():
    names = ["zebra", "dno", "base"]
    matrix = pd.DataFrame([[0.5, 0.25, np.nan], [0.75, 0.5, 1], [np.nan, 0, 0.5]], names, names)
    ax = plot_wins(matrix, looks(names), Figure().subplots())
    order = ["base", "dno", "zebra"]
    assert [label.get_text() for label in ax.get_xticklabels()] == order
    assert [label.get_text() for label in ax.get_yticklabels()] == order
    # A text stands in the middle of its cell: x is the column, y the row.
    written = {(order[int(t.get_position()[1])], order[int(t.get_position()[0])]): t.get_text() for t in ax.texts}
    assert written == {("base", "dno"): "0", ("dno", "base"): "100", ("dno", "zebra"): "75", ("zebra", "dno"): "25"}
