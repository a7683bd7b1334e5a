"""What is said while cells run."""

from io import StringIO

import pytest
from rich.console import Console

from bench.run.progress import LiveBar, Outcome, PlainLines, outcome_of
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
    assert outcome_of(make_cell(), "", store) == ("reward 0.250 after 3 yields", 0.25)
    end(store, None, steps=0, overshoot=2.5)
    assert outcome_of(make_cell(budget="5s"), "", store) == ("nothing scored within 5 s; it went on to 7.5 s", None)
    assert outcome_of(make_cell(), "ValueError: no", store).text == "FAILED: ValueError: no; its earlier result stands"
    (store.path / "done.json").unlink()
    assert outcome_of(make_cell(), "ValueError: no", store).text == "FAILED: ValueError: no"


@pytest.mark.parametrize("watcher", [PlainLines, LiveBar])
def test_the_model_is_named_where_there_are_several(watcher):
    for models, expected in ((["one"], "mean | cat | seed 0 | base"), (["one", "two"], "two | mean | cat | seed 0")):
        cells = [make_cell(model=model) for model in models]
        printed = StringIO()
        shown = watcher(Console(file=printed, width=200), cells)
        shown.end(cells[-1], Outcome("FAILED: on purpose"))
        assert f"{expected}" in printed.getvalue()
        assert "FAILED: on purpose" in printed.getvalue()


def test_time_left_is_counted_in_budgets(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("bench.run.progress.time.monotonic", lambda: now[0])
    cells = [make_cell(budget="2s"), make_cell("best-of-n", budget="6s")]
    shown = PlainLines(Console(file=StringIO()), cells)
    now[0] = 10.0
    shown.end(cells[0], Outcome("reward 1", 1.0))
    assert shown.left() == "0 min 30 s"


def test_who_leads_is_said_when_that_changes():
    cells = [make_cell(name, prompt=prompt) for prompt in ("cat", "dog") for name in ("base", "best-of-n")]
    printed = StringIO()
    shown = PlainLines(Console(file=printed, width=200), cells)
    for cell, reward in zip(cells, (0.1, 0.5, 0.3, 0.2), strict=True):
        shown.end(cell, Outcome("", reward))
    said = [line for line in printed.getvalue().splitlines() if line.startswith("so far")]
    assert said == [
        "so far, mean at 60 evaluations: best-of-n 0.500, then base 0.100 (1 prompt)",
        "so far, mean at 60 evaluations: best-of-n 0.350, then base 0.200 (2 prompts)",
    ]


def test_a_live_bar_shows_who_leads_below():
    cells = [make_cell("base"), make_cell("best-of-n")]
    printed = StringIO()
    with LiveBar(Console(file=printed, width=200, force_terminal=True), cells) as shown:
        for cell, reward in zip(cells, (0.1, 0.5), strict=True):
            shown.end(cell, Outcome("", reward))
    assert "mean at 60 evaluations: best-of-n 0.500, then base 0.100 (1 prompt)" in printed.getvalue()
