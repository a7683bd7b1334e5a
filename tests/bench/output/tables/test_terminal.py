from io import StringIO

import pytest
from rich.console import Console

from bench.output.tables import FORMATS, LAYOUTS, terminal
from bench.output.tables.table import Column, Row, Table, Value
from tests.bench.output.tables.evidence import HOSTILE, evidence_of, golden_scores, main_of


def printed(tables, width=120):
    console = Console(file=StringIO(), width=width)
    console.print(terminal.render(tables))
    return console.file.getvalue()


def test_values_intervals_and_verdicts_are_printed(scores):
    text = printed(main_of(scores))
    for part in ("dno", "0.70", "[0.06, 1.34]", "(1 unscored)", "At 15 s dno leads best-of-n by 0.350"):
        assert part in text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_cut(layout, width):
    text = printed(LAYOUTS[layout](evidence_of(golden_scores())), width)
    assert max(map(len, text.split("\n"))) <= width
    assert "…" not in text
    assert HOSTILE in text


def test_a_published_row_and_its_difference_are_printed():
    text = printed(LAYOUTS["paper"](evidence_of(golden_scores())))
    assert "published (1)" in text
    assert "0.38†" in text


def test_a_sign_stays_with_its_number_and_a_long_name_takes_a_line_a_part():
    text = printed([Table("title", [Column("-0.45"), Column("held-out")], [Row(("a",), [Value(1.0), Value(2.0)])], [])])
    assert "-0.45" in text
    assert "held-out" not in text


def test_names_are_not_read_as_markup(make_scores):
    assert "[red]x[/red]" in printed(main_of(make_scores({"[red]x[/red]": [[[1.0]]]})))


def test_the_formats_that_a_user_can_name(scores):
    assert set(FORMATS) == {"md", "csv", "latex", "html"}
    assert all(render(main_of(scores)).endswith("\n") for render in FORMATS.values())
