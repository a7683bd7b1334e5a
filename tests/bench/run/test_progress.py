"""What is said while cells run."""

from io import StringIO

import pytest
from rich.console import Console

from bench.run.progress import LiveBar, PlainLines, outcome_line
from bench.store.folder import CellStore
from tests.support.cells import make_cell
from tests.support.runs import ENDED


@pytest.fixture
def store(tmp_path):
    return CellStore(tmp_path)


def end(store, best, **summary):
    (store.path / "checkpoints.jsonl").unlink(missing_ok=True)
    store.append("checkpoints", {"best_reward": best})
    store.finish({**ENDED, **summary})


def test_a_line_is_of_its_own_cell(store):
    end(store, 0.25, steps=3, overshoot=0.0)
    assert outcome_line(make_cell(), "", store) == "reward 0.250 after 3 yields"
    end(store, None, steps=0, overshoot=2.5)
    line = outcome_line(make_cell(budget="5s"), "", store)
    assert line == "nothing scored within 5 s; it went on to 7.5 s"
    assert outcome_line(make_cell(), "ValueError: no", store) == "FAILED: ValueError: no; its earlier result stands"
    (store.path / "done.json").unlink()
    assert outcome_line(make_cell(), "ValueError: no", store) == "FAILED: ValueError: no"


@pytest.mark.parametrize("watcher", [PlainLines, LiveBar])
def test_the_model_is_named_where_there_are_several(watcher):
    for models, expected in ((["one"], "mean | cat | seed 0 | base"), (["one", "two"], "two | mean | cat | seed 0")):
        cells = [make_cell(model=model) for model in models]
        printed = StringIO()
        shown = watcher(Console(file=printed, width=200), cells)
        shown.end(cells[-1], "FAILED: on purpose")
        assert f"{expected}" in printed.getvalue()
        assert "FAILED: on purpose" in printed.getvalue()
