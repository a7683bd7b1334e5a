"""Generated parts of the model card."""

import pytest

from bench.models.emoji import card


def test_only_the_named_section_is_replaced(tmp_path, monkeypatch):
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(card, "CARD", path)
    card.write_section("one", r"new \1")
    expected = "a\n<!-- one -->\nnew \\1\n<!-- end -->\nb\n<!-- two -->\nkept\n<!-- end -->\n"
    assert path.read_text(encoding="utf-8") == expected


def test_a_missing_section_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "README.md"
    path.write_text("nothing\n", encoding="utf-8")
    monkeypatch.setattr(card, "CARD", path)
    with pytest.raises(AssertionError, match="no section 'one'"):
        card.write_section("one", "new")
