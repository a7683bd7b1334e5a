import re

from bench.output.tables.markdown import escape, render
from tests.bench.output.tables.evidence import main_of

HOSTILE = "a_b & <script> % $ | `x` *y* [z](u) #1 \\"


def cells(line):
    return [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_a_table_reads_as_written(scores):
    text = render(main_of(scores))
    lines = text.split("\n")
    start = lines.index("| method | 5 s ↑ | 15 s ↑ |")
    assert lines[start - 2] == "### darkness on emoji: reward by budget (prompts: 2, cells a method: 2)"
    assert lines[start + 1] == "| --- | ---: | ---: |"
    assert cells(lines[start + 4]) == [
        "dno", "**0.10** [0.10, 0.10] (1 unscored)", "**0.70** [0.06, 1.34]",
    ]  # fmt: skip
    assert "- At 15 s dno leads best-of-n by 0.350 [0.350, 0.350]: resolved." in lines


def test_every_row_has_as_many_cells_as_its_header(scores):
    rows = [line for line in render(main_of(scores)).split("\n") if line.startswith("|")]
    assert {len(cells(row)) for row in rows} == {3, 4, 10}


def test_hostile_names_stay_text(make_scores):
    text = render(main_of(make_scores({"base": [[[0.0]]], HOSTILE: [[[1.0]]]})))
    rows = [line for line in text.split("\n") if "script" in line and line.startswith("|")]
    assert len(rows) == 3
    assert len(cells(rows[0])) == 2
    for markup in ("<script", "$ ", "`x", "*y", "](u", "|"):
        assert re.search(rf"(?<!\\){re.escape(markup)}", cells(rows[0])[0]) is None


def test_a_name_stays_on_one_line():
    assert escape("two\nlines | here") == "two lines \\| here"
