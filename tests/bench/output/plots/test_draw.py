import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench.analysis.curves import mean_curves
from bench.analysis.gains import gained, own_rewards
from bench.analysis.paired import versus_reference
from bench.analysis.scores import largest_budget
from bench.errors import InputError
from bench.output.plots import draw_all
from bench.output.plots.registry import kinds
from tests.support.evidence import GivenEvidence

HOSTILE = "a_b & <script> % $x_$ |"
AXES = ("seconds", "denoiser_evals")
METHODS = ["base", "best-of-n", "dno"]
ANCHORS = {"darkness": (0.0, 2.0), "jpeg": (0.0, 2.0)}


@pytest.fixture(scope="module")
def run(make_store):
    """A small run with all its plots: `(scores, curves, folder of the plots, what was drawn)`."""
    scores, curves, folder = make_store(METHODS, rewards=["darkness", "jpeg"], prompts=["a cat"])
    out = folder / "new" / "plots"
    return scores, curves, out, draw_all(GivenEvidence(scores, curves, folder, ANCHORS), out)


def names_of(drawn):
    return {path.stem for path in drawn.files}


def test_everything_is_drawn_with_its_data_beside_it(run):
    _, _, out, drawn = run
    by_axis = {f"{name}-{axis}" for name in ("curves", "ecdf", "performance-profile") for axis in AXES}
    names = by_axis | {
        *("intervals", "seeds", "wins", "score-profile", "pareto-seconds", "pareto-peak_memory_mb", "hacking"),
        *("trade-off-darkness", "trade-off-jpeg", "contact-001-darkness-a-cat", "contact-002-jpeg-a-cat"),
        *("gallery-m-darkness-10s", "gallery-m-jpeg-10s"),
    }
    assert set(drawn.files) == {out / f"{name}.{suffix}" for name in names for suffix in ("png", "pdf", "csv")}
    assert all(path.stat().st_size > 0 for path in drawn.files)
    assert set(drawn.left_out) == {"noise-probability"}
    with Image.open(out / "intervals.png") as image:
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_the_csv_is_the_analysis(run):
    scores, curves, out, _ = run
    own = own_rewards(curves)
    gains = [gained(rows, own) for rows in (curves, scores)]
    for name, expected in {
        "curves-seconds": mean_curves(*gains),
        "curves-denoiser_evals": mean_curves(*gains, "denoiser_evals"),
        "intervals": largest_budget(versus_reference(scores, "best-of-n")),
    }.items():
        written = pd.read_csv(out / f"{name}.csv")
        pd.testing.assert_frame_equal(written, expected.reset_index(drop=True), check_dtype=False)


def test_no_global_figure_is_left(run):
    assert plt.get_fignums() == []


def test_what_the_data_lacks_is_left_out_and_said(make_store):
    scores, curves, folder = make_store(["dno"], prompts=["a dog"], seeds=1)
    bare = scores.drop(columns="support-distance").assign(image=np.nan, seconds=np.nan, peak_memory_mb=np.nan)
    drawn = draw_all(GivenEvidence(bare, curves.iloc[:0], folder), folder)
    assert names_of(drawn) == {"intervals"}
    assert set(drawn.left_out) == set(kinds()) - {"intervals"}
    assert drawn.left_out["hacking"] == "the run has no metric support-distance"
    assert drawn.left_out["score-profile"] == "the suite declares no anchors for darkness"


def test_one_reward_has_no_score_profile_but_its_targets_are_timed(make_store):
    scores, curves, folder = make_store(["base", "dno"])
    targets = {"darkness": [0.5, 1.0]}
    drawn = draw_all(GivenEvidence(scores, curves, folder, ANCHORS, targets), folder, "score-profile")
    assert drawn == ([], {"score-profile": "one reward on one model; a profile sums up several"})
    assert names_of(draw_all(GivenEvidence(scores, curves, folder, targets=targets), folder, "ecdf")) == {
        f"ecdf-{axis}" for axis in AXES
    }


def test_what_says_nothing_of_a_run_is_left_out_with_the_reason(make_store):
    scores, curves, folder = make_store(["base", "dno"], rewards=["darkness", "jpeg"])
    alike = scores.assign(peak_memory_mb=scores["method"].map({"base": 800.0, "dno": 839.0}))
    found = GivenEvidence(alike, curves, folder, ANCHORS)
    drawn = draw_all(found, folder / "plots", "pareto")
    assert names_of(drawn) == {"pareto-seconds"}
    assert drawn.left_out == {"pareto": "the peak memory of all methods is the same within 5 %"}
    for name in ("performance-profile", "score-profile"):
        why = "a profile sets 3 methods or more apart; of this run only 2 can have one"
        assert draw_all(found, folder / "plots", name) == ([], {name: why})


def test_only_the_plot_that_is_asked_for(make_store):
    scores, curves, folder = make_store(["dno"])
    assert names_of(draw_all(GivenEvidence(scores, curves, folder), folder, "seeds")) == {"seeds"}
    with pytest.raises(InputError, match="unknown plot 'seed'; did you mean 'seeds'"):
        draw_all(GivenEvidence(scores, curves, folder), folder, "seed")


def test_there_are_as_many_contact_sheets_as_were_asked_for(make_store, monkeypatch, tmp_path):
    monkeypatch.setattr("bench.output.plots.draw.MOST", 2)
    scores, curves, folder = make_store(["dno"], prompts=["a", "b", "c"], seeds=1)
    found = GivenEvidence(scores, curves.iloc[:0], folder)
    some = draw_all(found, tmp_path / "some")
    sheets = {name for name in names_of(some) if name.startswith("contact")}
    assert sheets == {"contact-001-darkness-a", "contact-002-darkness-b"}
    assert some.left_out["contact"] == "there are more than 2; --only contact draws all"
    assert len(names_of(draw_all(found, tmp_path / "all", "contact"))) == 3


def test_figures_whose_names_differ_only_in_what_files_cannot_hold_are_numbered(make_store, tmp_path):
    scores, curves, folder = make_store(["base", "dno"], rewards=["a_b", "a-b"], seeds=1)
    drawn = draw_all(GivenEvidence(scores, curves, folder), tmp_path, "trade-off")
    assert names_of(drawn) == {"trade-off-a-b", "trade-off-a-b-2"}


def test_a_folder_that_cannot_be_written_is_said_in_one_line(make_store, tmp_path):
    scores, curves, folder = make_store(["dno"])
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write .*file/plots: Not a directory; .*, or name another pl"):
        draw_all(GivenEvidence(scores, curves, folder), tmp_path / "file" / "plots")


def test_the_same_data_gives_the_same_files(make_store):
    scores, curves, folder = make_store(["dno"], seeds=1)
    found = GivenEvidence(scores, curves, folder)
    first, second = (draw_all(found, folder / name, "curves").files for name in ("one", "two"))
    assert len(first) == 6
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_hostile_names_are_drawn_as_they_are(make_store):
    scores, curves, folder = make_store([HOSTILE], prompts=[HOSTILE, HOSTILE + "!"], seeds=1)
    drawn = draw_all(GivenEvidence(scores, curves.iloc[:0], folder), folder / "plots", "contact")
    sheets = {path.name for path in drawn.files if path.name.startswith("contact") and path.suffix == ".png"}
    assert sheets == {"contact-001-darkness-a-b-script-x.png", "contact-002-darkness-a-b-script-x.png"}
