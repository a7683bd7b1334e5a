"""What the pages in docs/ have people write and type works, from top to bottom, and prints what they show."""

from pathlib import Path

import pytest

from tests.support.examples import blocks, follow

DOCS = Path(__file__).parents[1] / "docs"
APART = {"cluster.md", "real-models.md"}
"""Pages whose examples need more than this machine; tests of their own run what can be run of them."""
PAGES = sorted(path.name for path in DOCS.glob("*.md") if path.name not in APART)
LANGUAGES = {"bash", "output", "sh"}
"""Of blocks that are no files."""


@pytest.mark.parametrize("page", [name for name in PAGES if blocks((DOCS / name).read_text(encoding="utf-8"))])
def test_the_examples_of_a_page_work(page, tmp_path, few_plots, files_forgotten):
    follow((DOCS / page).read_text(encoding="utf-8"), tmp_path)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_a_file_or_run_or_said_not_to_be(page):
    """A block of code without a title would be an example that nothing tries."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = blocks(text)
    assert text.count("\n```") == 2 * len(found), "a fence is not ```LANGUAGE or ```LANGUAGE title=...; or is open"
    assert {block.language for block in found if not block.title} <= LANGUAGES


def test_an_example_that_breaks_is_told(tmp_path):
    with pytest.raises(AssertionError, match="no test runs 'curl'"):
        follow("```bash\ncurl x\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="ended with 2"):
        follow("```bash\ndno-bench show method none\n```\n", tmp_path)
    with pytest.raises(AssertionError, match="is not in"):
        follow("```bash\ndno-bench show method base\n```\n\n```output\nbase: plain potatoes\n```\n", tmp_path)
    follow("```bash\ndno-bench show method base\n```\n\n```output\nbase: Plain ..., one after another\n```\n", tmp_path)
    follow("```bash\ndno-bench show method none\n```\n\n```output\nerror: unknown method 'none'\n```\n", tmp_path)
