"""The files that the site is made of beside docs/, found rather than listed, and where the site has each of them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "bench/models/*/README.md",
    "results/reference/*/*.md",
    "results/published/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
"""Markdown that lies beside what it is about."""
ASSETS = ("bench/models/*/samples.png", "results/reference/*/*.*", "results/published/*.yaml")
"""What these pages show or link to."""
SECTIONS = {"Use it": "use.md", "What the columns mean": "columns.md", "How time is measured": "time.md"}
"""Sections of the README that are pages of the site."""


@cache
def gathered() -> dict[str, Path]:
    """The files outside of docs/ that the site has, by their path in the repository, which is also that in the site."""
    found = {file for pattern in (*PAGES, *ASSETS) for file in ROOT.glob(pattern)}
    return {file.relative_to(ROOT).as_posix(): file for file in sorted(found)}


def section(title: str) -> str:
    """A section of the README as a page.

    Raises:
        LookupError: the README has no section of that title.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", readme)
    if found is None:
        raise LookupError(f"the README has no section {title!r}")
    return f"# {title}\n{found[1]}"


def origin(page: str) -> str:
    """The path in the repository from which the links of a page lead; pages that are generated lie as if in docs/."""
    if page in SECTIONS.values():
        return "README.md"
    return page if page in gathered() else f"docs/{page}"


def place(path: str, anchor: str) -> str | None:
    """Where the site has a path of the repository; None where it does not have it.

    Args:
        path: from the root.
        anchor: the heading of the README that is meant, where it is the README.
    """
    if path == "README.md":
        return {title.lower().replace(" ", "-"): page for title, page in SECTIONS.items()}.get(anchor)
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return path if path in gathered() else None
