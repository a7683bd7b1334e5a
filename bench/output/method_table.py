"""The README's table of all methods, from what they declare: `python -m bench.output.method_table` writes it anew."""

import re
from pathlib import Path

from bench.output.catalogue import by_family
from bench.registry import METHODS

README = Path(__file__).parents[2] / "README.md"
SECTION = r"(?s)(?<=<!-- methods -->\n).*?(?=\n<!-- end -->)"


def method_table() -> str:
    """The methods of this package in markdown, by family."""
    lines = ["| family | method | what it does | gradient | paper |", "|---|---|---|---|---|"]
    for one in by_family(METHODS):
        if one.factory.__module__.startswith("methods."):
            facts, gradient = one.facts, "yes" if one.facts.gradient else ""
            is_link = facts.paper.startswith("https://")
            paper = f"[{facts.paper.rsplit('/', 1)[-1]}]({facts.paper})" if is_link else ""
            lines.append(f"| {facts.family} | `{one.name}` | {one.summary} | {gradient} | {paper} |")
    return "\n".join(lines)


if __name__ == "__main__":
    text, found = re.subn(SECTION, lambda _: method_table(), README.read_text(encoding="utf-8"))
    assert found == 1, f"{README} has no section `methods`"
    README.write_text(text, encoding="utf-8")
