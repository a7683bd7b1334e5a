"""Nothing is clipped, and no legend lies on data, with few methods and with many."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bench.analysis.curves import mean_curves
from bench.analysis.hacking import hacking_path, hacking_points
from bench.analysis.scores import largest_budget, summarise
from bench.plots.contact_sheet import plot_contact_sheet
from bench.plots.curves import plot_curves
from bench.plots.hacking import plot_hacking
from bench.plots.intervals import plot_intervals
from bench.plots.style import theme

FEW = ["best-of-n", "dno"]
MANY = ["base", "best-of-n", "dno", "dno-regularized", *(f"some-other-method-{i}" for i in range(16))]
REWARDS = ("darkness", "jpeg-compressibility", "emoji-alignment")


@pytest.fixture(scope="module", params=[FEW, MANY], ids=["2", "20"])
def methods(request):
    return request.param


def assert_tidy(figure):
    with theme():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        panels = [ax.get_tightbbox(renderer) for ax in figure.axes]
        legends = [legend.get_window_extent(renderer) for legend in figure.legends]
    assert_apart_and_inside(panels + legends, figure)
    # A plot that is squeezed flat is tidy too.
    assert all(ax.get_window_extent(renderer).height / figure.dpi > 0.5 for ax in figure.axes)


def assert_apart_and_inside(boxes, figure):
    page = figure.bbox
    for box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_curves(make_store, methods):
    scores, curves, _ = make_store(methods, REWARDS, prompts=["a cat"], seeds=1)
    assert_tidy(plot_curves(mean_curves(curves, scores), "seconds"))


def test_intervals(make_store, methods):
    scores, _, _ = make_store(methods, REWARDS, seeds=1, failed=[(methods[-1], "a cat", 0)])
    assert_tidy(plot_intervals(largest_budget(summarise(scores))))


def test_hacking(make_store, methods):
    scores, _, _ = make_store(methods, REWARDS, seeds=1)
    assert_tidy(plot_hacking(hacking_points(scores), hacking_path(scores)))


def test_contact_sheet(make_store, methods):
    prompt = "a prompt that is much longer than one line of a small sheet can ever be " * 2
    scores, _, folder = make_store(methods, prompts=[prompt], seeds=1)
    figure = plot_contact_sheet(scores, folder)
    with theme():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        (ax,) = figure.axes
        boxes = [part.get_window_extent(canvas.get_renderer()) for part in [*ax.texts, *ax.images]]
    assert_apart_and_inside(boxes, figure)
