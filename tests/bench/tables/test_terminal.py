from io import StringIO

import pytest
from rich.console import Console

from bench.tables import FORMATS, print_table, render


def printed(scores, width=120):
    console = Console(file=StringIO(), width=width)
    print_table(scores, console)
    return console.file.getvalue()


def test_values_intervals_and_verdicts_are_printed(scores):
    text = printed(scores)
    for part in ("dno", "0.700", "[0.600, 0.800]", "(1 unscored)", "At 15 s dno leads best-of-n by 0.350"):
        assert part in text


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_cut(scores, width):
    text = printed(scores, width)
    assert max(map(len, text.split("\n"))) <= width
    assert "…" not in text
    assert "best-of-n" in text


def test_names_are_not_read_as_markup(make_scores):
    assert "[red]x[/red]" in printed(make_scores({"[red]x[/red]": [[[1.0]]]}))


def test_the_formats_that_a_user_can_name(scores):
    assert set(FORMATS) == {"md", "csv", "latex"}
    assert all(render(scores, name).endswith("\n") for name in FORMATS)
