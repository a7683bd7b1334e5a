from math import inf, nan

import pytest

from bench.output.tables.table import Column, Row, Table, Value
from bench.output.tables.text import Text, cell_text, decimals_for, difference_text, shown_keys, table_texts


@pytest.mark.parametrize(
    ("cells", "decimals"),
    [
        ([Value(0.2134, 0.17, 0.25)], 3),
        ([Value(21.34, 20.1, 22.5)], 1),
        ([Value(1234.5, 1100, 1400)], 0),
        ([Value(0.2134), Value(12.3)], 1),
        ([Value(1e-9)], 4),
        ([Value(6.0), Value(120.0)], 0),
        ([Value(0.5, 0.5, 0.5)], 3),
        ([Value(nan)], 0),
        ([Value(inf), Value(12.3)], 1),
    ],
)
def test_decimals_follow_the_uncertainty(cells, decimals):
    assert decimals_for(cells) == decimals


def test_a_cell_says_what_it_knows():
    assert cell_text(Value(0.2134, 0.17, 0.251), 2) == Text("0.21", "[0.17, 0.25]", "")
    assert cell_text(Value(nan, n=6, unscored=2), 2) == Text("—", "", "(2 unscored)")


def test_a_gap_stands_before_its_interval():
    assert cell_text(Value(0.2134, 0.01, 0.07, gap=0.04), 2) == Text("0.21", "+0.04 [0.01, 0.07]", "")
    assert cell_text(Value(0.2134, gap=-0.04), 2) == Text("0.21", "-0.04", ""), "one prompt: no interval"


def test_nothing_is_minus_zero():
    assert cell_text(Value(-0.001, -0.004, 0.004), 2) == Text("0.00", "[0.00, 0.00]", "")


def values(table):
    return [[text.value for text in texts] for texts in table_texts(table)]


def test_a_difference_has_its_sign_and_digits_with_or_without_an_interval():
    assert difference_text(0.04, 0.012, 0.068) == "+0.040 [0.012, 0.068]"
    assert difference_text(-0.2, nan, nan) == "-0.200"


def test_each_column_has_its_own_decimals():
    rows = [Row(("x",), [Value(1.0), Value(0.123)]), Row(("y",), [Value(2), Value(0.1)])]
    assert values(Table("t", [Column("a"), Column("b")], rows, [])) == [["1", "0.123"], ["2", "0.100"]]


def test_published_numbers_keep_their_digits_and_leave_ours_alone():
    rows = [Row(("x",), [Value(12.0)]), Row(("y",), [Value(0.28915)], published=True)]
    assert values(Table("t", [Column("a")], rows, [])) == [["12"], ["0.28915"]]
    unknown = Table("t", [Column("a")], [rows[0], Row(("y",), [Value(nan)], published=True)], [])
    assert values(unknown)[1] == ["—"]


def test_what_is_too_small_or_never_is_written_so():
    rows = [Row(("x",), [Value(0.0002), Value(inf)]), Row(("y",), [Value(0.04), Value(2.5)])]
    table = Table("t", [Column("p", least=0.001), Column("time")], rows, [])
    assert values(table) == [["<0.001", "∞"], ["0.040", "2.50"]]


def test_marks_are_left_out_where_a_column_counts():
    row = Row(("x",), [Value(1.0, n=2, unscored=1)])
    assert table_texts(Table("t", [Column("a")], [row], []))[0][0].mark == "(1 unscored)"
    assert table_texts(Table("t", [Column("a")], [row], [], marked=False))[0][0].mark == ""


def test_a_key_is_shown_once_and_the_last_one_always():
    keys = [("a", "1"), ("a", "2"), ("b", "2"), ("b", "2")]
    table = Table("t", [], [Row(key, []) for key in keys], [], keys=("method", "budget"))
    assert shown_keys(table) == [("a", "1"), ("", "2"), ("b", "2"), ("", "2")]
    single = Table("t", [], [Row(("a",), []), Row(("a",), [])], [])
    assert shown_keys(single) == [("a",), ("a",)]
