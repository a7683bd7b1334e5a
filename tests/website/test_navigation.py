"""What patterns of the navigation stand for."""

import yaml

from website.navigation import expanded
from website.repository import ROOT

PAGES = ["index.md", "a.md", "b.md", "methods/index.md", "methods/dno.md", "models/x/README.md", "models/x/notes.md"]


def test_a_pattern_stands_for_its_pages_in_their_order():
    items = ["index.md", {"Methods": "methods/*.md"}]
    assert expanded(items, PAGES) == ["index.md", {"Methods": ["methods/index.md", "methods/dno.md"]}]


def test_what_is_named_or_taken_does_not_come_again():
    items = [{"Start": "index.md"}, {"Models": ["models/*/README.md", "models/*/*.md"]}, "*.md"]
    models = {"Models": ["models/x/README.md", "models/x/notes.md"]}
    assert expanded(items, PAGES) == [{"Start": "index.md"}, models, "a.md", "b.md"]
    assert expanded(["*.md", {"Last": ["b.md"]}], PAGES) == ["index.md", "a.md", {"Last": ["b.md"]}]


def test_a_part_without_pages_is_left_out():
    assert expanded(["cluster*.md", {"Cluster": "cluster*.md"}, {"More": ["none/*.md"]}], PAGES) == []
    assert expanded(["cluster*.md"], [*PAGES, "cluster.md"]) == ["cluster.md"]


def test_a_page_that_is_named_and_not_there_stays_for_mkdocs_to_complain_of():
    assert expanded([{"Gone": "gone.md"}], PAGES) == [{"Gone": "gone.md"}]


def test_every_page_of_docs_has_its_place():
    items = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    written = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    text = str(expanded(items, written))
    assert all(f"'{name}'" in text for name in written)
