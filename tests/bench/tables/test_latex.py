import re

import pytest

from bench.tables import render
from bench.tables.latex import escape

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
    return re.findall(r"\\begin\{tabular\}\{(l r*|lr*)\}\n(.*?)\\end\{tabular\}", text, re.DOTALL)


def test_structure(scores):
    text = render(scores, "latex")
    environments = re.findall(r"\\(begin|end)\{(\w+)\}", text)
    assert environments == 2 * [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    for columns, body in bodies(text):
        lines = body.strip().split("\n")
        assert [lines[0], lines[2], lines[-1]] == [r"\toprule", r"\midrule", r"\bottomrule"]
        rows = [line for line in lines if not line.endswith("rule")]
        assert all(row.endswith(r" \\") for row in rows)
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(columns)}


def test_values_intervals_and_the_best(scores):
    text = render(scores, "latex")
    assert r"$\mathbf{0.700}$ {\scriptsize $[0.600, 0.800]$}" in text
    assert r"$0.100$ {\scriptsize $[0.100, 0.100]$} {\scriptsize (1 unscored)}" in text
    assert r"support-distance $\downarrow$" in text
    assert r"5 s $\uparrow$" in text


def test_hostile_names_change_no_structure(make_scores):
    text = render(make_scores({"base": [[[0.0]]], HOSTILE: [[[1.0]]]}, reward=HOSTILE), "latex")
    assert re.search(r"(?<!\\)(_|#|%(?! needs)|\\\s*\[)", text) is None
    unescaped = re.sub(r"\\[{}\\]", "", text)
    assert unescaped.count("{") == unescaped.count("}")
    for columns, body in bodies(text):
        rows = [line for line in body.split("\n") if "script\\text" in line]
        assert len(rows) == 1
        assert len(re.findall(r"(?<!\\)&", rows[0])) + 1 == len(columns)


def test_an_unknown_mean_is_a_dash(make_scores):
    text = render(make_scores({"a": [[[float("nan")]]]}), "latex")
    assert r"a & --- {\scriptsize (1 unscored)} \\" in text
