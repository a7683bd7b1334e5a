"""Nothing is clipped, and nothing lies on anything else, with few methods and with many."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from bench.output.looks import looks
from bench.output.plots.kinds.contact import plot_contact_sheet
from bench.output.plots.registry import kinds
from bench.output.plots.style import theme
from tests.support.evidence import GivenEvidence

FEW = ["base", "best-of-n", "dno"]
MANY = [*FEW, "dno-regularized", "dno-ode", *(f"some-other-method-{i}" for i in range(15))]
REWARDS = ("darkness", "jpeg-compressibility", "emoji-alignment")
ANCHORS = dict.fromkeys(REWARDS, (0, 10))


@pytest.fixture(scope="module", params=[FEW, MANY], ids=["3", "20"])
def run(request, make_store):
    scores, curves, folder = make_store(request.param, REWARDS, seeds=2, failed=[(request.param[-1], "a cat", 0)])
    rng = np.random.default_rng(0)
    scores["noise-probability/log-p"] = -rng.exponential(size=len(scores))
    scores["held-out/other"] = rng.normal(size=len(scores))
    return GivenEvidence(scores, curves, folder, ANCHORS)


def drawn(figure):
    with theme():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return canvas.get_renderer()


def assert_tidy(figure):
    renderer = drawn(figure)
    panels = [ax.get_tightbbox(renderer) for ax in figure.axes]
    legends = [legend.get_window_extent(renderer) for legend in figure.legends]
    assert_apart(panels + legends)
    for ax in figure.axes:
        # A plot that is squeezed flat is tidy too.
        assert min(ax.get_window_extent(renderer).size) / figure.dpi > 0.5 or ax.get_label() == "<colorbar>"
        for axis in (ax.xaxis, ax.yaxis):
            labels = [label.get_window_extent(renderer) for label in labels_in_view(axis)]
            assert_apart(labels)
            assert_inside(labels, figure)
    words = [text for legend in figure.legends for text in [legend.get_title(), *legend.get_texts()]]
    words += [text for ax in figure.axes for text in [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]]
    # Of a name at a line's end the text alone: what leads to it may pass behind others.
    boxes = [Text.get_window_extent(text, renderer) for text in words if text.get_text()]
    assert_inside(boxes, figure)
    assert_apart(boxes)


def labels_in_view(axis):
    """The labels that are drawn: matplotlib keeps some for ticks beyond the limits."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    labels = [label for tick in ticks for label in (tick.label1, tick.label2)]
    return [label for label in labels if label.get_visible() and label.get_text()]


def assert_inside(boxes, figure):
    page = figure.bbox
    for box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1


def assert_apart(boxes):
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("name", sorted(set(kinds()) - {"contact"}))
def test_plot(run, name):
    plots = list(kinds()[name](run))
    assert plots
    for plot in plots:
        assert_tidy(plot.figure)


def test_contact_sheet(run):
    prompt = "a prompt that is much longer than one line of a small sheet can ever be " * 2
    sheet = run.scores[(run.scores["reward"] == "darkness") & (run.scores["prompt"] == "a dog")]
    figure = plot_contact_sheet(sheet[sheet["seed"] == 0].assign(prompt=prompt), run.looks, run.image, run.directions)
    renderer = drawn(figure)
    (ax,) = figure.axes
    boxes = [part.get_window_extent(renderer) for part in [*ax.texts, *ax.images]]
    assert_inside(boxes, figure)
    assert_apart(boxes)


def test_a_note_of_several_lines_has_room(make_store):
    scores, curves, folder = make_store(MANY, REWARDS, prompts=["a cat"], seeds=1)
    apart = (scores["reward"] == "darkness") & ~scores["method"].isin(FEW)
    (plot,) = kinds()["score-profile"](GivenEvidence(scores[~apart], curves, folder, ANCHORS))
    (legend,) = plot.figure.legends
    assert legend.get_title().get_text().count("\n") >= 2
    assert [text.get_text() for text in legend.get_texts()] == list(looks(FEW))
    assert_tidy(plot.figure)
