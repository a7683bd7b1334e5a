"""Generated parts of a model card."""

import pytest

from bench.models.emoji.card import table, write_section


def test_only_the_named_section_is_replaced(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n", encoding="utf-8")
    write_section(path, "one", r"new \1")
    expected = "a\n<!-- one -->\nnew \\1\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n"
    assert path.read_text(encoding="utf-8") == expected


def test_a_missing_section_is_an_error(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="no section 'one'"):
        write_section(path, "one", "new")


def test_a_table_is_markdown():
    assert table(["", "goal"], [("noun", "85 %")]) == "|  | goal |\n| --- | --- |\n| noun | 85 % |"
