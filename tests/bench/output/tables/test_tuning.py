import pytest

from bench.errors import InputError
from bench.output.tables.tuning import tuning_tables
from bench.store.plugins import PluginRecord

RECORDS = [
    PluginRecord("method", label, name, {}, {}, f"{name}.py", "0" * 64)
    for label, name in {"dno": "dno", "dno learning_rate=0.1": "dno", "base": "base"}.items()
]


def test_the_settings_of_a_method_stand_together_the_chosen_one_in_bold(make_scores):
    scores = make_scores({"base": [[[0, 0]]], "dno": [[[5, 1]]], "dno learning_rate=0.1": [[[4, 2]]]})
    (table,) = tuning_tables(scores, RECORDS)
    assert [column.name for column in table.columns] == ["mean rank", "darkness on emoji"]
    assert [(row.keys, row.group, row.cells[0].value, row.cells[0].best, row.cells[1].value) for row in table.rows] == [
        (("dno",), "dno", 2, False, 1),
        (("dno learning_rate=0.1",), "dno", 1, True, 2),
    ]
    assert table.notes[0] == "Each method was given 30 s to choose in."


def test_what_methods_were_given_is_said_where_it_is_not_the_same(make_scores):
    records = [*RECORDS, *(PluginRecord("method", x, "snes", {}, {}, "snes.py", "0" * 64) for x in ("s1", "s2", "s3"))]
    rows = {label: [[[1, 1]]] for label in ("dno", "dno learning_rate=0.1", "s1", "s2", "s3")}
    (table,) = tuning_tables(make_scores(rows), records)
    assert table.notes[0] == "Methods were given from 30 s (dno) to 45 s (snes) to choose in."


def test_a_run_without_grids_is_told_how_to_have_one(make_scores):
    with pytest.raises(InputError, match="no method of this run has several settings"):
        tuning_tables(make_scores({"base": [[[0, 0]]]}), RECORDS)
