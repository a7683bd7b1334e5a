"""Links written for the repository lead to the same things in the site."""

import pytest

from website.links import rewritten
from website.repository import SECTIONS, gathered, origin, section


@pytest.mark.parametrize(
    ("page", "written", "led"),
    [
        # From docs/: to a page beside it, out of it, to a picture, to a heading, to a section of the README.
        ("statistics.md", "[a](real-models.md)", "[a](real-models.md)"),
        ("real-models.md", "[a](../results/reference/memory/README.md)", "[a](results/reference/memory/README.md)"),
        ("index.md", "![a](../results/reference/demo/hacking.png)", "![a](results/reference/demo/hacking.png)"),
        ("index.md", "[a](real-models.md#attention-of-flux)", "[a](real-models.md#attention-of-flux)"),
        ("index.md", "[a](../README.md#how-time-is-measured)", "[a](time.md)"),
        # From what lies elsewhere: into docs/, to a neighbour, to a file of data.
        (
            "results/reference/memory/README.md",
            "[a](../../../docs/real-models.md#decoding)",
            "[a](../../../real-models.md#decoding)",
        ),
        ("bench/models/emoji/README.md", "[`b`](../emoji_turbo/README.md)", "[`b`](../emoji_turbo/README.md)"),
        ("results/reference/memory/README.md", "[a](memory.csv)", "[a](memory.csv)"),
        # From a section of the README, whose links lead from the root.
        ("use.md", "[a](docs/statistics.md), [b](CONTRIBUTING.md)", "[a](statistics.md), [b](CONTRIBUTING.md)"),
        # From a page that is generated, written as the site has it.
        ("methods/dno.md", "[a](../statistics.md) [b](das.md)", "[a](../statistics.md) [b](das.md)"),
        # Code is in the repository and not in the site: no link.
        ("statistics.md", "[`bench/analysis/`](../bench/analysis)", "`bench/analysis/`"),
        ("index.md", "see [the README](../README.md)", "see the README"),
        # Elsewhere, within the page, and nowhere: as they were.
        ("index.md", "[a](https://arxiv.org/abs/2405.18881)", "[a](https://arxiv.org/abs/2405.18881)"),
        ("index.md", "[a](#here)", "[a](#here)"),
        ("index.md", "[a](no-such-page.md)", "[a](no-such-page.md)"),
    ],
)
def test_links_are_led_on(page, written, led):
    assert rewritten(f"x {written} y", page) == f"x {led} y"


@pytest.mark.parametrize(
    "code", ["`[a](../bench/analysis)`", "```python\nx[0](../bench/analysis)\n```\n", "````text\n```\n[a](b)\n````\n"]
)
def test_code_is_left_alone(code):
    assert rewritten(f"{code}\n[c](../bench/analysis)", "index.md") == f"{code}\nc"


def test_what_is_gathered_lies_where_it_does_in_the_repository():
    found = gathered()
    assert {"bench/models/emoji/README.md", "results/reference/search/README.md", "CHANGELOG.md"} <= set(found)
    assert all(file.as_posix().endswith(f"/{path}") for path, file in found.items())
    assert not any(path.endswith((".py", ".safetensors")) for path in found)
    assert origin("bench/models/emoji/README.md") == "bench/models/emoji/README.md"


def test_every_section_of_the_readme_that_is_a_page_is_there():
    for title, page in SECTIONS.items():
        assert section(title).startswith(f"# {title}\n\n")
        assert origin(page) == "README.md"
    with pytest.raises(LookupError, match="no section 'No such section'"):
        section("No such section")
