import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bench.output.looks import looks
from bench.output.plots.panels import logarithmic, methods_from_top, panel_figure, panels_of
from bench.output.plots.style import theme

DATA = pd.DataFrame({"model": "m", "task_budget": "9s", "reward": ["a", "b", "c"], "method": ["dno", "dno", "mine"]})


def mark(rows, styles, ax):
    ax.plot(rows["method"].map(len), [0] * len(rows))
    return ax


def test_each_reward_has_its_panel_and_the_legend_each_method_there_is():
    figure = panel_figure(DATA, looks(["base", "dno", "mine"]), mark, 2, "a note")
    assert [ax.get_title() for ax in figure.axes] == ["a", "b", "c"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["dno", "mine"]
    assert legend.get_title().get_text() == "a note"


def test_the_model_is_named_if_there_are_several():
    two = pd.concat([DATA, DATA.assign(model="n")])
    assert [title for title, _ in panels_of(two)][:2] == ["m, a", "m, b"]
    assert [title for title, _ in panels_of(DATA, ["method"])] == ["dno", "mine"]
    ((title, rows),) = panels_of(DATA, ())
    assert title == ""
    assert rows is DATA


def test_methods_stand_from_the_top_in_the_order_of_their_looks():
    ax = Figure().subplots()
    styles = looks(["zebra", "dno", "base"])
    assert methods_from_top(ax, ["zebra", "base"], styles, {"zebra": "stripes"}) == {"zebra": 0, "base": 1}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["stripes", "base"]


@pytest.mark.parametrize(("low", "high", "labels"), [(1, 100, {"1", "2", "5", "10"}), (1e-3, 1e3, {"0.1", "1", "10"})])
def test_labels_are_plain_numbers(low, high, labels):
    ax = Figure().subplots()
    ax.plot([low, high], [0, 1])
    logarithmic(ax)
    shown = {label.get_text() for label in ax.get_xticklabels()}
    assert labels <= shown
    assert ("2" in shown) == (high / low < 1000)


def test_a_long_legend_and_note_do_not_squeeze_the_panels():
    def height(n_methods, note):
        names = [f"method-{i}" for i in range(n_methods)]
        data = pd.DataFrame({"model": "m", "reward": "a", "task_budget": "9s", "method": names})
        figure = panel_figure(data, looks(names), mark, 3, note)
        with theme():
            FigureCanvasAgg(figure).draw()
        return figure.axes[0].get_window_extent().height / figure.dpi

    assert height(20, "a\nb\nc") == pytest.approx(height(2, ""), abs=0.3)
