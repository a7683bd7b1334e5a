import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bench.output.looks import looks
from bench.output.plots.kinds.contact import plot_contact_sheet
from bench.store.files import confined

STYLES = looks(["base", "dno"])


def sheet_of(scores):
    return scores[(scores["prompt"] == "a cat") & (scores["seed"] == 0)].fillna({"image": ""})


def finder(folder):
    return lambda row: confined(folder, row["image"])


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_rows_are_methods_and_columns_are_budgets(make_store):
    scores, _, folder = make_store(["dno", "base"])
    (ax,) = plot_contact_sheet(sheet_of(scores), STYLES, finder(folder)).axes
    corners = {(round(x, 3), round(y, 3)) for x, _, _, y in (image.get_extent() for image in ax.images)}
    assert len(ax.images) == 6
    assert [len({corner[k] for corner in corners}) for k in (0, 1)] == [3, 2]
    for image in ax.images:
        red, green, _ = image.get_array()[0, 0]
        column = sorted({x for x, _ in corners}).index(round(image.get_extent()[0], 3))
        row = sorted({y for _, y in corners}).index(round(image.get_extent()[3], 3))
        # The first method made had red 0; methods are listed by name, budgets are 2, 5 and 10 s.
        assert (red, green) == ([10, 0][row], [40, 100, 200][column])


def test_the_picture_is_drawn_in_its_colour(make_store):
    scores, _, folder = make_store(["dno"])
    figure = plot_contact_sheet(sheet_of(scores), STYLES, finder(folder))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].reshape(-1, 3)
    assert (pixels == [0, 40, 64]).all(axis=1).mean() > 0.05


def test_reward_and_adherence_stand_below(make_store):
    scores, _, folder = make_store(["dno"])
    first = sheet_of(scores).iloc[0]
    expected = f"reward {first['best_reward']:.2f}\nadherence {first['adherence']:.2f}"
    assert expected in texts_of(plot_contact_sheet(sheet_of(scores), STYLES, finder(folder)))
    bare = sheet_of(scores).drop(columns="adherence")
    assert f"reward {first['best_reward']:.2f}" in texts_of(plot_contact_sheet(bare, STYLES, finder(folder)))


def test_what_is_not_there_is_said(make_store):
    scores, _, folder = make_store(["base", "dno"], failed=[("dno", "a cat", 0)])
    assert texts_of(plot_contact_sheet(sheet_of(scores), STYLES, finder(folder))).count("failed") == 3
    without = sheet_of(scores).query("method == 'base' or budget == 2")
    assert texts_of(plot_contact_sheet(without, STYLES, finder(folder))).count("not run") == 2


def test_prompt_reward_and_seed_are_named(make_store):
    scores, _, folder = make_store(["dno"])
    assert texts_of(plot_contact_sheet(sheet_of(scores), STYLES, finder(folder)))[0] == "a cat · darkness · seed 0"
