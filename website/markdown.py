"""Text of docstrings and options as Markdown that shows it as it stands."""

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent

_SECTION = re.compile(r"\n+(Args|Attributes|Raises|Returns|Yields):\n")


def escaped(text: str) -> str:
    """A paragraph or a cell: what Markdown or a table would take for its own stands as an entity, but for code."""
    line = " ".join(text.split())
    return re.sub(r"(`[^`]*`)|[|<*]", lambda found: found[1] or f"&#{ord(found[0])};", line)


def prose(docstring: str) -> str:
    """A clean docstring without its sections of arguments and errors; what is indented in it, equations, as code."""
    text = _SECTION.split(docstring)[0]
    return "\n\n".join(map(_paragraph, re.split(r"\n\s*\n", text.strip("\n"))))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _paragraph(text: str) -> str:
    return f"```text\n{dedent(text)}\n```" if text.startswith("    ") else escaped(text)
