"""Every plot of every odd run is drawn, or says why not."""

import warnings

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from bench.output.plots import draw_all
from bench.output.plots.registry import LeftOutError, kinds
from bench.output.plots.style import theme
from tests.support.evidence import GivenEvidence

HOSTILE = ("<script>alert(1)</script>", "a | b", "$x_$ costs $5", "two\nlines\tand a tab", "", "鸭" * 300)
ANCHORS = {"darkness": (0.0, 2.0), "jpeg": (0.0, 2.0)}
VALUES = ["best_reward", "last_reward", "adherence", "support-distance"]
COSTS = ["seconds", "denoiser_evals", "peak_memory_mb"]


def spoilt(scores, curves, rows, status):
    """A run in which some rows lost their values; `status` says how."""
    lost = [*VALUES, *COSTS] if status in ("missing", "failed") else VALUES
    gone = scores.astype({"image": object, **dict.fromkeys(lost, float)})
    gone.loc[rows, lost] = np.nan
    gone.loc[rows, ["status", "image"]] = [status, ""]
    scored = gone.loc[gone["best_reward"].notna(), "method"].unique()
    # Where rewards are no numbers, so are those of the events; in the other cases there are none.
    lost = curves.assign(best_reward=curves["best_reward"].where(curves["method"].isin(scored)))
    return gone, lost if status == "ok" else lost.dropna(subset="best_reward")


def what_is_drawn(scores, curves, folder):
    """The kinds that have a figure, and why the others have none; each figure is drawn, small."""
    found = GivenEvidence(scores, curves, folder, ANCHORS)
    names, left_out = set(), {}
    with theme(), warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for name, kind in kinds().items():
            try:
                for plot in kind(found):
                    plot.figure.set_dpi(30)
                    FigureCanvasAgg(plot.figure).draw()
                    names.add(name)
            except LeftOutError as why:
                left_out[name] = str(why)
    assert names | set(left_out) == set(kinds())
    return names, left_out


@pytest.mark.parametrize("status", ["missing", "failed", "none", "ok"])
def test_nothing_has_a_score(make_store, status):
    scores, curves, folder = make_store(["base", "dno"], seeds=1)
    names, left_out = what_is_drawn(*spoilt(scores, curves, slice(None), status), folder)
    assert names == {"intervals"}
    assert left_out["contact"] == "the run has no images"


@pytest.mark.parametrize("status", ["missing", "failed", "none"])
def test_one_method_has_no_score(make_store, status):
    scores, curves, folder = make_store(["base", "dno"], rewards=["darkness", "jpeg"], seeds=1)
    names, _ = what_is_drawn(*spoilt(scores, curves, scores["method"] == "dno", status), folder)
    assert names >= {"intervals", "curves", "hacking", "pareto"}


@pytest.mark.parametrize("method", ["base", "dno"])
def test_one_method_one_prompt_one_seed(make_store, method):
    names, left_out = what_is_drawn(*make_store([method], prompts=["a cat"], seeds=1))
    assert names >= {"intervals", "curves", "hacking"}
    assert left_out["wins"] == "one method; there is nobody to beat"


def test_prompts_of_any_letters(make_store, tmp_path):
    scores, curves, folder = make_store(["base", "dno"], prompts=HOSTILE, seeds=1)
    names, _ = what_is_drawn(scores, curves, folder)
    assert names >= {"intervals", "curves", "hacking", "seeds", "contact"}
    files = draw_all(GivenEvidence(scores, curves, folder), tmp_path, "contact").files
    assert len({path.stem for path in files}) == len(HOSTILE)
