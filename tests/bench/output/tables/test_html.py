from xml.etree import ElementTree

import pytest

from bench.output.tables.html import render
from bench.output.tables.layouts import LAYOUTS
from tests.bench.output.tables.evidence import HOSTILE, evidence_of, golden_scores, main_of

SHARP = "<b>\"x\"&'y' \u2013 \u202e"


def figures(tables):
    return ElementTree.fromstring(f"<div>{render(tables)}</div>").findall("figure")


def cells_of(figure):
    return {row.findtext("th"): row.findall("td") for row in figure.findall("table/tbody/tr")}


def test_numbers_stand_in_full_precision_where_a_script_finds_them(scores):
    figure = figures(main_of(scores))[0]
    assert [head.attrib.get("data-direction") for head in figure.iter("th") if head.attrib["scope"] == "col"] == [
        None, "1", "1",
    ]  # fmt: skip
    five, fifteen = cells_of(figure)["dno"]
    assert float(five.attrib["data-value"]) == pytest.approx(0.1)
    assert five.attrib["data-n"] == "2"
    assert five.attrib["data-failed"] == "0"
    assert "".join(five.itertext()) == "0.10 [0.10, 0.10] (1 unscored)"
    assert fifteen.attrib["class"] == "best"
    assert fifteen.findtext("b") == "0.70"


def test_what_is_not_known_has_no_number(make_scores):
    (cell,) = cells_of(figures(main_of(make_scores({"a": [[[float("nan")]]]})))[0])["a"]
    assert "data-value" not in cell.attrib
    assert "".join(cell.itertext()) == "— (1 unscored)"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_have_as_many_cells_as_the_head(layout):
    for figure in figures(LAYOUTS[layout](evidence_of(golden_scores()))):
        head = figure.findall("table/thead/tr/th")
        rows = figure.findall("table/tbody/tr")
        assert rows
        assert {len(list(row)) for row in rows} == {len(head)}


def test_published_rows_are_italic_and_a_difference_has_its_mark():
    (figure,) = figures(LAYOUTS["paper"](evidence_of(golden_scores())))
    published = figure.findall("table/tbody/tr[@class='published']")
    assert [row.findtext("th/i") for row in published] == ["SD & co", "DNO"]
    assert all(cell.find("i") is not None for row in published for cell in row.findall("td"))
    assert [cell.findtext("sup") for cell in figure.iter("td") if cell.attrib.get("class") == "best differs"] == ["†"]


@pytest.mark.parametrize("name", [HOSTILE, SHARP])
def test_hostile_names_stay_text_in_any_encoding(make_scores, name):
    tables = main_of(make_scores({name: [[[1.0]]]}, reward=name))
    assert render(tables).isascii()
    assert "<script" not in render(tables)
    assert "<b>&quot;" not in render(tables)
    figure = figures(tables)[0]
    assert list(cells_of(figure)) == [name]
    assert figure.findtext("table/caption").startswith(f"{name} on emoji")
