import re

import pytest

from bench.output.tables.latex import escape, render
from bench.output.tables.layouts import LAYOUTS
from tests.bench.output.tables.evidence import evidence_of, golden_scores, main_of

HOSTILE = r"a_b & <script> % $ # {x} ~ ^ \ [1] |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b & <script> % $", r"a\_b \& \textless{}script\textgreater{} \% \$"),
        ("[1]", "{[}1{]}"),
        ("x\\y", r"x\textbackslash{}y"),
        ("~^#{}", r"\textasciitilde{}\textasciicircum{}\#\{\}"),
        ("two\nlines", "two lines"),
    ],
)
def test_escapes(text, expected):
    assert escape(text) == expected


def bodies(text):
    return re.findall(r"\\begin\{tabular\}\{(l+r+)\}\n(.*?)\\end\{tabular\}\}", text, re.DOTALL)


def columns_of(line):
    return len(re.findall(r"(?<!\\)&", line)) + 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_structure(layout):
    tables = LAYOUTS[layout](evidence_of(golden_scores()))
    text = render(tables)
    assert text.startswith("% needs \\usepackage{booktabs,graphicx}\n")
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
    assert r"$\mathbf{0.70}$ {\scriptsize $[0.06, 1.34]$}" in text
    assert r"$\mathbf{0.10}$ {\scriptsize $[0.10, 0.10]$} {\scriptsize (1 unscored)}" in text
    assert r"support-distance $\downarrow$" in text
    assert r"5 s $\uparrow$" in text


def test_published_rows_stand_apart_in_italics_and_a_difference_has_a_dagger():
    (_, body), *_ = bodies(render(LAYOUTS["paper"](evidence_of(golden_scores()))))
    assert body.count(r"\midrule") == 2
    theirs = body.rpartition("\\midrule\n")[2]
    assert r"\textit{SD \& co} & \textit{published (1)} & --- & $\mathit{0.05}$ \\" in theirs
    assert r"$\mathbf{0.38}^{\dagger}$ {\scriptsize $[0.10, 0.65]$} \\" in body


def test_what_was_never_reached_is_infinite():
    assert r"$\infty$" in render(LAYOUTS["targets"](evidence_of(golden_scores())))
    assert escape("∞ † ≤") == r"$\infty$ \dag{} $\leq$"


def test_hostile_names_change_no_structure(make_scores):
    text = render(main_of(make_scores({"base": [[[0.0]]], HOSTILE: [[[1.0]]]}, reward=HOSTILE)))
    assert re.search(r"(?<!\\)(_|#|%(?! needs|\n)|\\\s*\[)", text) is None
    balanced(text)
    for columns, body in bodies(text):
        rows = [line for line in body.split("\n") if "script\\text" in line]
        assert len(rows) == 1
        assert columns_of(rows[0]) == len(columns)


def test_an_unknown_mean_is_a_dash(make_scores):
    text = render(main_of(make_scores({"a": [[[float("nan")]]]})))
    assert r"a & --- {\scriptsize (1 unscored)} \\" in text
