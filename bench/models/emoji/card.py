"""The model card's generated parts."""

import re

from bench.models.emoji.paths import FOLDER

CARD = FOLDER / "README.md"


def write_section(name: str, text: str) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- end -->` of the card."""
    card = CARD.read_text(encoding="utf-8")
    new, found = re.subn(rf"(?s)(<!-- {name} -->\n).*?(\n<!-- end -->)", lambda m: m[1] + text + m[2], card)
    assert found == 1, f"{CARD} has no section {name!r}"
    CARD.write_text(new, encoding="utf-8")
