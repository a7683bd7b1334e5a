import pytest

from bench.errors import InputError
from bench.output.tables.names import read_names, renamed
from bench.output.tables.table import Row, Table

METHODS = ["base", "dno", "dno learning_rate=0.1", "dno-ode"]
NAMES = read_names(["dno=DNO (ours)", "dno learning_rate=0.1=DNO, fast"], METHODS)


def test_labels_keep_their_names_where_nothing_else_is_said():
    assert NAMES == {
        "base": "base", "dno": "DNO (ours)", "dno learning_rate=0.1": "DNO, fast", "dno-ode": "dno-ode",
    }  # fmt: skip
    assert read_names([], ["dno"]) == {"dno": "dno"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("dno", """--names 'dno': write METHOD=NAME, as in --names dno="DNO (ours)\""""),
        ("dno= ", "write METHOD=NAME"),
        ("=DNO", "write METHOD=NAME"),
        ("dnoo=DNO", r"unknown method 'dnoo'; did you mean 'dno'?"),
        ("dno=base", "two methods would be called 'base'"),
    ],
)
def test_what_is_no_name_of_a_method_is_refused(value, message):
    with pytest.raises(InputError) as refused:
        read_names([value], METHODS)
    assert message in str(refused.value)


def note(text):
    return renamed(Table("t", [], [], [text]), NAMES).notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At 15 s dno leads dno-ode by 0.2.", "At 15 s DNO (ours) leads dno-ode by 0.2."),
        ("not ranked: dno learning_rate=0.1, dno.", "not ranked: DNO, fast, DNO (ours)."),
        ("dno beside the published DNO (dno-tutorial)", "DNO (ours) beside the published DNO (dno-tutorial)"),
        ("again by `dno-bench run x --methods dno,base`.", "again by `dno-bench run x --methods dno,base`."),
        ("methods/dno.py and dno.py stay", "methods/dno.py and dno.py stay"),
    ],
)
def test_sentences_name_methods_so_too_but_commands_and_longer_words_stay(text, expected):
    assert note(text) == expected


def test_rows_are_named_so_under_every_key_of_methods_but_published_ones():
    rows = [Row(("dno", "base"), []), Row(("dno-ode", "dno"), []), Row(("dno", "dno"), [], published=True)]
    table = renamed(Table("t", [], rows, [], keys=("method", "reference")), NAMES)
    assert [row.keys for row in table.rows] == [("DNO (ours)", "base"), ("dno-ode", "DNO (ours)"), ("dno", "dno")]
    budgets = renamed(Table("t", [], [Row(("dno", "dno"), [])], [], keys=("method", "budget")), NAMES)
    assert budgets.rows[0].keys == ("DNO (ours)", "dno")
