import numpy as np
import pandas as pd

from bench.output.tables import FORMATS, LAYOUTS
from bench.output.tables.sets import set_tables
from bench.output.tables.text import table_texts
from tests.bench.analysis.test_sets import make_sets
from tests.bench.output.tables.evidence import DIRECTIONS, evidence_of


def sets():
    """Diversity of two methods over two prompts, and the second's FID to the first."""
    diversity = make_sets({"base": [[0.2, 0.2], [0.4, 0.4]], "dno": [[0.1, 0.1], [0.1, np.nan]]})
    return pd.concat([diversity, make_sets({"dno": [[50.0, 60.0]]}, metric="fid")])


def test_a_row_a_method_and_a_column_a_metric():
    (table,) = set_tables(sets(), DIRECTIONS, {})
    base, dno = table.rows
    assert table.title == "darkness on emoji: sets of samples at 9 s"
    assert [(c.name, c.direction) for c in table.columns] == [("clip-diversity", 1), ("fid", -1), ("samples", 0)]
    assert [cell.value for cell in base.cells[::2]] == [0.30000000000000004, 6]
    assert dno.cells[1].value == 60.0


def test_what_is_missing_is_a_dash():
    (table,) = set_tables(sets(), DIRECTIONS, {})
    base, dno = table_texts(table)
    assert dno[0].value == "—"
    assert base[1].value == "—"
    assert dno[1].value == "60"


def test_one_table_a_reward_with_the_reading_below_the_last():
    tables = set_tables(pd.concat([sets(), sets().assign(reward="brightness")]), DIRECTIONS, {})
    assert [len(table.notes) for table in tables] == [0, 2]
    assert "compare with base" in tables[1].notes[0]


def test_none_where_nothing_was_measured(scores):
    assert set_tables(sets().iloc[:0], DIRECTIONS, {}) == []
    assert "sets of samples" not in FORMATS["md"](LAYOUTS["main"](evidence_of(scores)))


def test_they_stand_behind_the_main_tables_in_every_format(scores):
    tables = LAYOUTS["main"](evidence_of(scores, sets=sets()))
    for render in FORMATS.values():
        assert "sets of samples at 9 s" in render(tables).partition("cost at 15 s")[2]


def test_a_standard_error_stands_beside_the_value_that_has_one():
    energy = make_sets({"base": [[0.5, 0.25]]}, metric="energy-distance", se=0.125).assign(prompt="p0")
    (table,) = set_tables(pd.concat([sets(), energy]), DIRECTIONS, {})
    heads = [column.name for column in table.columns]
    assert heads == ["clip-diversity", "fid", "energy-distance", "energy-distance s.e.", "samples"]
    base, dno = table.rows
    assert [base.cells[k].value for k in (2, 3)] == [0.25, 0.125]
    assert np.isnan(dno.cells[3].value)
    assert [note.partition(":")[0] for note in table.notes[1:]] == ["FID and KID", "s.e."]
    (alone,) = set_tables(energy, DIRECTIONS, {})
    assert len(alone.notes) == 2
