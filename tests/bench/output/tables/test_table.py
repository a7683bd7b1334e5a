import pytest

from bench.output.tables.layouts import LAYOUTS
from bench.output.tables.table import Note, Table, shortened
from tests.bench.output.tables.evidence import evidence_of, golden_scores


def test_notes_have_a_short_form_none_or_stay_as_they_are():
    table = Table("t", [], [], [Note("at length", "short"), Note("goes"), "stays"])
    assert table.notes == ["at length", "goes", "stays"]
    assert shortened(table).notes == ["short", "stays"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_explains_a_layout_is_shorter_and_not_gone(layout):
    last = LAYOUTS[layout](evidence_of(golden_scores()))[-1]
    long, short = (" ".join(table.notes) for table in (last, shortened(last)))
    assert 0 < len(short) < 0.7 * len(long)
