import re

import pytest

from bench.output.tables.latex import FIT, render
from bench.output.tables.latex_cells import escape
from bench.output.tables.layouts import LAYOUTS
from bench.output.tables.table import Column, Row, Table, Value
from tests.bench.output.tables.evidence import evidence_of, golden_scores, main_of

HOSTILE = r"a_b & <script> % $ # {x} ~ ^ \ [1] |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b & <script> % $", r"a\_b \& \textless{}script\textgreater{} \% \$"),
        ("[1]", "{[}1{]}"),
        ("x\\y", r"x\textbackslash{}y"),
        ("~^#{}", r"\textasciitilde{}\textasciicircum{}\#\{\}"),
        ("*", "{*}"),
        ("two\nlines", "two lines"),
    ],
)
def test_escapes(text, expected):
    assert escape(text) == expected


def bodies(text):
    return re.findall(r"\\begin\{tabular\}\{(l+r+)\}\n(.*?)\\end\{tabular\}", text, re.DOTALL)


def columns_of(line):
    return len(re.findall(r"(?<!\\)&", line)) + 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_structure(layout):
    tables = LAYOUTS[layout](evidence_of(golden_scores()))
    needs, _, text = render(tables).partition("\n\\providecommand{\\stacked}[2]")
    shrunk = any(len(table.columns) > 8 for table in tables)
    assert needs == rf"% needs \usepackage{{booktabs{',graphicx' if shrunk else ''}}}"
    _, _, text = text.partition("\n\n")
    environments = re.findall(r"\\(begin|end)\{(\w+)\}", text)
    assert environments == len(tables) * [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    balanced(text)
    assert len(bodies(text)) == len(tables)
    for columns, body in bodies(text):
        lines = body.strip().split("\n")
        assert [lines[0], lines[2], lines[-1]] == [r"\toprule", r"\midrule", r"\bottomrule"]
        rows = [line for line in lines if not line.endswith("rule")]
        assert all(row.endswith(r" \\") for row in rows)
        assert {columns_of(row) for row in rows} == {len(columns)}


def balanced(text):
    unescaped = re.sub(r"\\[{}\\]", "", text)
    assert unescaped.count("{") == unescaped.count("}")


def test_values_intervals_and_the_best(scores):
    text = render(main_of(scores))
    assert r"\stacked{$\mathbf{0.70}$\\{\scriptsize $[0.06, 1.34]$}}" in text
    assert r"\stacked{$\mathbf{0.10}$\\{\scriptsize $[0.10, 0.10]$}\\{\scriptsize (1 unscored)}}" in text
    assert r"\stacked[b]{support-\\distance $\downarrow$}" in text
    assert r"5 s $\uparrow$" in text


def test_published_rows_stand_apart_in_italics_and_a_difference_has_a_dagger():
    (_, body), *_ = bodies(render(LAYOUTS["paper"](evidence_of(golden_scores()))))
    assert body.count(r"\midrule") == 2
    theirs = body.rpartition("\\midrule\n")[2]
    assert r"\textit{SD \& co} & \textit{published (1)} & --- & $\mathit{0.05}$ \\" in theirs
    assert r"\stacked{$\mathbf{0.38}^{\dagger}$\\{\scriptsize $[0.10, 0.65]$}} \\" in body


def test_what_was_never_reached_is_infinite():
    assert r"$\infty$" in render(LAYOUTS["targets"](evidence_of(golden_scores())))
    assert escape("∞ † ≤") == r"$\infty$ \dag{} $\leq$"


def test_hostile_names_change_no_structure(make_scores):
    whole = render(main_of(make_scores({"base": [[[0.0]]], HOSTILE: [[[1.0]]]}, reward=HOSTILE)))
    text = whole.partition("\n\n")[2]
    assert re.search(r"(?<!\\)(_|#|%(?! needs|\n)|\\\s*\[)", text) is None
    balanced(text)
    for columns, body in bodies(text):
        rows = [line for line in body.split("\n") if "script\\text" in line]
        assert len(rows) == 1
        assert columns_of(rows[0]) == len(columns)


def test_an_unknown_mean_is_a_dash(make_scores):
    text = render(main_of(make_scores({"a": [[[float("nan")]]]})))
    assert r"a & \stacked{---\\{\scriptsize (1 unscored)}} \\" in text


def table_of(n_columns, title="darkness on emoji (prompts: 4)", **fields):
    """Of one row of the same number, measured against a reference."""
    cells = [Value(0.7, 0.01, 0.07, gap=0.04)] * n_columns
    return Table(title, [Column("long-name of it")] * n_columns, [Row(("dno",), cells)], [], **fields)


@pytest.mark.parametrize(
    ("n_columns", "size", "cell"),
    [
        (3, r"\small", r"\stacked{$0.700$\\{\scriptsize $+0.040$ $[0.010, 0.070]$}}"),
        (4, r"\footnotesize", r"\stacked{$0.700$\\{\scriptsize $+0.040$}\\{\scriptsize $[0.010, 0.070]$}}"),
        (8, r"\scriptsize", r"\stacked{$0.700$\\{\tiny $+0.040$}\\{\tiny $[0.010, 0.070]$}}"),
    ],
)
def test_up_to_eight_columns_keep_the_width_by_lines_and_smaller_type(n_columns, size, cell):
    text = render([table_of(n_columns)])
    assert rf"\centering{size}\setlength" in text
    assert text.count(cell) == n_columns
    assert text.count(r"\stacked[b]{long-\\name of it}") == n_columns
    assert "resizebox" not in text
    balanced(text)


def test_more_columns_are_shrunk_in_one_line_each():
    text = render([table_of(9)])
    assert f"{FIT}\n\\begin{{tabular}}{{lrrrrrrrrr}}" in text
    assert "\\end{tabular}}\n" in text
    assert text.count(r"$0.700$ {\scriptsize $+0.040$ $[0.010, 0.070]$}") == text.count("long-name of it") == 9


def test_heads_are_broken_at_words_and_a_number_keeps_its_unit():
    column = Column("brightness on emoji, 15 s", 1)
    expected = r"\stacked[b]{brightness\\on emoji,\\15 s $\uparrow$}"
    assert expected in render([Table("t", [column], [Row(("dno",), [Value(1.0)])], [])])


def test_a_target_below_zero_is_no_word_to_be_broken():
    columns = [Column("-0.5"), Column("1e-05"), Column("5 s", 1)]
    table = Table("t", columns, [Row(("dno",), [Value(1.0)] * 3)], [])
    assert r"method & -0.5 & 1e-05 & 5 s $\uparrow$ \\" in render([table])


def test_labels_are_made_of_titles_and_differ():
    titles = ["darkness on emoji: images at 5 s (4)", "darkness on emoji: images at 5 s (5)", "鸭 (a)", "A_b/c"]
    found = re.findall(r"\\label\{(.*?)\}", render([table_of(1, title) for title in titles]))
    assert found == [
        "tab:darkness-on-emoji-images-at-5-s", "tab:darkness-on-emoji-images-at-5-s-2", "tab:results", "tab:a-b-c",
    ]  # fmt: skip


def test_a_caption_stands_in_place_of_one_title_and_before_several():
    assert r"\caption{100 \% at equal time.}" in render([table_of(1)], "100 % at equal time.")
    text = render([table_of(1, "one"), table_of(1, "two")], "At equal time.")
    assert re.findall(r"\\caption\{(.*?)\}", text) == ["At equal time. one", "At equal time. two"]
    assert re.findall(r"\\label\{(.*?)\}", text) == ["tab:one", "tab:two"]


def test_without_notes_nothing_stands_below():
    assert "footnotesize " not in render([table_of(1)])
