import pandas as pd
import pytest

from bench.errors import InputError
from bench.output.tables.layouts import LAYOUTS
from bench.output.tables.narrow import narrowed
from bench.output.tables.text import table_texts
from bench.store.sets import COLUMNS
from tests.bench.output.tables.evidence import HOSTILE, evidence_of, golden_scores

SETS = pd.DataFrame(
    [
        ("r", "emoji", "darkness", "15s", "seconds", 15.0, "dno", "p0", metric, value, float("nan"), 2)
        for metric, value in (("clip-diversity", 0.3), ("fid", 20.0))
    ],
    columns=COLUMNS,
)


@pytest.fixture
def whole():
    return evidence_of(golden_scores(), sets=SETS)


def columns(tables):
    return [[column.name for column in table.columns] for table in tables]


def test_all_is_shown_where_nothing_is_asked_for(whole):
    assert narrowed(whole).scores is whole.scores
    assert columns(LAYOUTS["main"](narrowed(whole))) == columns(LAYOUTS["main"](whole))


def test_a_budget_keeps_its_numbers_and_images_are_those_of_the_largest_that_is_left(whole):
    early = LAYOUTS["main"](narrowed(whole, budgets=["5s"]))
    assert [table.title.partition(" (")[0] for table in early] == [
        f"{reward} on emoji: {what}"
        for reward in ("brightness", "darkness")
        for what in ("reward by budget", "images at 5 s", "cost at 5 s")
    ]
    assert columns(early)[3] == ["5 s"]
    both = LAYOUTS["main"](whole)[3]
    assert [texts[0] for texts in table_texts(early[3])] == [texts[0] for texts in table_texts(both)]
    assert early[3].notes == [note for note in both.notes if "15 s" not in note]


def test_budgets_are_what_they_mean_and_not_how_they_are_written(whole):
    assert set(narrowed(whole, budgets=["0.25m"]).scores["budget"]) == {15.0}
    assert set(narrowed(whole, budgets=["15s", "5s"]).scores["budget"]) == {5.0, 15.0}


def test_metrics_of_images_and_of_sets_are_chosen_by_name(whole):
    tables = LAYOUTS["main"](narrowed(whole, metrics=["support-distance", "fid"]))
    shown = dict(zip([table.title for table in tables], columns(tables), strict=True))
    assert shown["darkness on emoji: images at 15 s"] == ["support-distance"]
    assert shown["darkness on emoji: sets of samples at 15 s"] == ["fid", "samples"]
    alone = LAYOUTS["main"](narrowed(whole, metrics=["fid"], budgets=["5s"]))
    assert not any("images" in table.title or "sets" in table.title for table in alone)


def test_a_part_of_a_metric_may_stand_alone(whole):
    tables = LAYOUTS["main"](narrowed(whole, metrics=["noise-probability/log-p1"]))
    assert columns(tables)[1] == ["noise-probability/log-p1"]


def test_published_values_are_judged_as_in_the_whole_run(whole):
    before = whole.published["verdict"].tolist()
    assert "differs" in before
    assert narrowed(whole, budgets=["15s"]).published["verdict"].tolist() == before
    hidden = narrowed(whole, budgets=["5s"]).published["verdict"].tolist()
    assert hidden == ["" if verdict == "differs" else verdict for verdict in before]
    (table,) = LAYOUTS["paper"](narrowed(whole, budgets=["5s"]))
    assert [row.keys for row in table.rows if not row.published] == [
        ("base", "5 s"), ("dno", "5 s"), (HOSTILE, "5 s"),
    ]  # fmt: skip
    assert not any(cell.differs for row in table.rows for cell in row.cells)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"budgets": ["5"]}, "budget '5' is not understood; write 10s"),
        ({"budgets": ["16s"]}, "unknown budget '16s'; did you mean '15s'? (known: 15s, 5s)"),
        ({"metrics": ["suport-distance"]}, "unknown metric 'suport-distance'; did you mean 'support-distance'?"),
    ],
)
def test_what_the_run_has_not_is_refused_with_the_nearest_name(whole, asked, message):
    with pytest.raises(InputError) as refused:
        narrowed(whole, **asked)
    assert message in str(refused.value)
