import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bench.output.looks import BETTER, WORSE, looks
from bench.output.plots.kinds.contact import contact_sheets, plot_contact_sheet
from bench.output.plots.tiles import COLOURS
from bench.store.files import confined
from tests.support.evidence import GivenEvidence

STYLES = looks(["base", "dno"])
DIRECTIONS = {"best_reward": 1, "support-distance": -1, "adherence": 1}


def sheet_of(scores):
    return scores[(scores["prompt"] == "a cat") & (scores["seed"] == 0)].fillna({"image": ""})


def finder(folder):
    return lambda row: confined(folder, row["image"])


def draw(sheet, folder):
    return plot_contact_sheet(sheet, STYLES, finder(folder), DIRECTIONS)


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_rows_are_methods_and_columns_are_budgets(make_store):
    scores, _, folder = make_store(["dno", "base"])
    (ax,) = draw(sheet_of(scores), folder).axes
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
    canvas = FigureCanvasAgg(draw(sheet_of(scores), folder))
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].reshape(-1, 3)
    assert (pixels == [0, 40, 64]).all(axis=1).mean() > 0.05


def captions_of(figure):
    return {text.get_text(): text.get_color() for text in figure.axes[0].texts if "." in text.get_text()}


def test_reward_distance_and_adherence_stand_below(make_store):
    scores, _, folder = make_store(["dno"])
    values = sheet_of(scores).iloc[0]
    lines = [f"reward {values['best_reward']:.2f}", f"support-distance {values['support-distance']:.2f}"]
    lines.append(f"adherence {values['adherence']:.2f}")
    assert set(lines) <= set(captions_of(draw(sheet_of(scores), folder)))
    bare = captions_of(draw(sheet_of(scores).drop(columns=["adherence", "support-distance"]), folder))
    assert {line.split()[0] for line in bare} == {"reward"}


def test_what_is_better_or_worse_than_base_there_says_so_in_colour(make_store):
    scores, _, folder = make_store(["base", "dno"])
    sheet = sheet_of(scores).query("budget == 10").set_index("method")
    sheet.loc["base", ["best_reward", "support-distance", "adherence"]] = 0.5, 0.1, 0.9
    sheet.loc["dno", ["best_reward", "support-distance", "adherence"]] = 0.625, 0.3, 0.901
    figure = draw(sheet.reset_index(), folder)
    assert captions_of(figure) == {
        "reward 0.50": "k",
        "support-distance 0.10": "k",
        "adherence 0.90": "k",  # as far as the digits tell
        "reward 0.62 (+0.12)": BETTER,
        "support-distance 0.30": WORSE,
    }
    assert texts_of(figure)[0].replace("\n", " ").endswith(f"seed 0 {COLOURS}")


def test_what_is_not_there_is_said(make_store):
    scores, _, folder = make_store(["base", "dno"], failed=[("dno", "a cat", 0)])
    assert texts_of(draw(sheet_of(scores), folder)).count("failed") == 3
    without = sheet_of(scores).query("method == 'base' or budget == 2")
    assert texts_of(draw(without, folder)).count("not run") == 2


def test_prompt_reward_and_seed_are_named(make_store):
    scores, _, folder = make_store(["dno"])
    assert texts_of(draw(sheet_of(scores), folder))[0] == "a cat · darkness · seed 0"


@pytest.mark.parametrize(("telling", "names"), [("a cat", ["a-cat", "a-dog"]), ("a dog", ["a-dog", "a-cat"])])
def test_the_most_telling_prompt_of_each_task_comes_first(make_store, telling, names):
    scores, curves, folder = make_store(["base", "dno"], rewards=["darkness", "jpeg"], seeds=1)
    apart = (scores["prompt"] == telling) & (scores["method"] == "dno")
    found = GivenEvidence(scores.assign(best_reward=scores["best_reward"] + 5 * apart), curves, folder)
    assert [sheet.name for sheet in contact_sheets(found)] == [
        f"contact-{number:03d}-{reward}-{name}"
        for number, (name, reward) in enumerate(((name, one) for name in names for one in ("darkness", "jpeg")), 1)
    ]
