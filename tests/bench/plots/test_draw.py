import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench.analysis.curves import mean_curves
from bench.analysis.scores import largest_budget, summarise
from bench.plots import draw_all

HOSTILE = "a_b & <script> % $x_$ |"


@pytest.fixture(scope="module")
def run(make_store):
    """A small run with all its plots: `(scores, curves, folder of the plots, files)`."""
    scores, curves, folder = make_store(["base", "dno"], prompts=["a cat"])
    out = folder / "new" / "plots"
    return scores, curves, out, draw_all(scores, curves, folder, out)


def test_everything_is_drawn_with_its_data_beside_it(run):
    _, _, out, files = run
    names = {
        *("curves-seconds", "curves-denoiser_evals", "intervals", "hacking"),
        "contact-001-darkness-a-cat",
    }
    assert set(files) == {out / f"{name}.{suffix}" for name in names for suffix in ("png", "pdf", "csv")}
    assert all(path.stat().st_size > 0 for path in files)
    with Image.open(out / "intervals.png") as image:
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_the_csv_is_the_analysis(run):
    scores, curves, out, _ = run
    for name, expected in {
        "curves-seconds": mean_curves(curves, scores),
        "curves-denoiser_evals": mean_curves(curves, scores, "denoiser_evals"),
        "intervals": largest_budget(summarise(scores)),
    }.items():
        written = pd.read_csv(out / f"{name}.csv")
        pd.testing.assert_frame_equal(written, expected.reset_index(drop=True), check_dtype=False)


def test_no_global_figure_is_left(run):
    assert plt.get_fignums() == []


def test_what_the_data_lacks_is_left_out(make_store):
    scores, curves, folder = make_store(["dno"], failed=[("dno", "a dog", 1)])
    files = draw_all(scores.drop(columns="support-distance").assign(image=np.nan), curves, folder, folder)
    assert {path.stem for path in files} == {"intervals"}


def test_the_same_data_gives_the_same_files(make_store):
    scores, curves, folder = make_store(["dno"], seeds=1)
    scores = scores.drop(columns="support-distance").assign(image="")
    first, second = (draw_all(scores, curves.iloc[:0], folder, folder / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_hostile_names_are_drawn_as_they_are(make_store):
    scores, curves, folder = make_store([HOSTILE], prompts=[HOSTILE, HOSTILE + "!"], seeds=1)
    files = draw_all(scores, curves.iloc[:0], folder, folder / "plots")
    sheets = {path.name for path in files if path.name.startswith("contact") and path.suffix == ".png"}
    assert sheets == {"contact-001-darkness-a-b-script-x.png", "contact-002-darkness-a-b-script-x.png"}
