"""What pages have in place of a mark."""

import pytest

from bench.testing.check import rules
from website.inserts import INSERTS, filled
from website.repository import ROOT


def test_rules_are_those_of_the_conformance_suite():
    found = filled("before\n\n<!-- insert: rules -->\n\nafter")
    assert found.startswith("before\n\n| test | rule |\n")
    assert found.endswith("\n\nafter")
    assert [line.split("`")[1] for line in found.splitlines() if "`" in line] == list(rules())


def test_downloads_say_what_pins_them_and_sizes_that_are_known():
    rows = filled("<!-- insert: downloads -->").splitlines()
    (sd15,) = (row for row in rows if row.startswith("| model | `sd15` |"))
    assert "stable-diffusion-v1-5/stable-diffusion-v1-5 | revision 451f4fe16113 | 4.3 GB |" in sd15
    (parti,) = (row for row in rows if row.startswith("| prompts | `parti-prompts` |"))
    assert parti.endswith("| 0.12 MB |")
    assert not [row for row in rows if "`emoji`" in row]


def test_the_table_of_the_demo_is_the_one_that_is_kept():
    found = filled("<!-- insert: demo -->")
    assert found.startswith("| method | ")
    assert found in (ROOT / "results/reference/demo/table.md").read_text(encoding="utf-8")
    assert "#" not in found


def test_a_mark_of_no_name_is_an_error():
    with pytest.raises(KeyError):
        filled("<!-- insert: nothing -->")


def test_every_mark_is_used():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert all(f"<!-- insert: {name} -->" in text for name in INSERTS)
