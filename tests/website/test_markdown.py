"""Docstrings as Markdown that shows what they say."""

from website.markdown import escaped, prose, table


def test_what_markdown_would_take_is_shown_as_it_stands():
    assert escaped("x <- x + 2 * g |z|") == "x &#60;- x + 2 &#42; g &#124;z&#124;"
    assert escaped("code `a | b * c` stays,\n  on one line") == "code `a | b * c` stays, on one line"


def test_equations_are_code_and_sections_go():
    text = "Summary: a * b.\n\n    z' = z + g,\n        g = dr/dz\n\nMore\nof it.\n\nRaises:\n    ValueError: never."
    assert prose(text) == "Summary: a &#42; b.\n\n```text\nz' = z + g,\n    g = dr/dz\n```\n\nMore of it."


def test_a_table():
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
