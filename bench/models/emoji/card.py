"""The generated parts of a model card."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_section(card: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- end -->` of the card."""
    old = card.read_text(encoding="utf-8")
    new, found = re.subn(rf"(?s)(<!-- {name} -->\n).*?(\n<!-- end -->)", lambda m: m[1] + text + m[2], old)
    assert found == 1, f"{card} has no section {name!r}"
    card.write_text(new, encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))
