"""What the page carries besides its words: one style and one script, and the policy that allows nothing else."""

import base64
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from markupsafe import Markup

SCRIPTS = (
    *("state", "elements", "glyphs", "scales", "curves", "reading", "hacking", "images", "sorting", "controls"),
    "start",
)
"""The parts of the script in `script/`, in the order in which they run: one scope, in which the last one starts."""


class Assets(NamedTuple):
    """The style, the script, and the content security policy by their hashes.

    So even a slip in escaping stays inert: the page runs and loads nothing but these and its own images.
    """

    style: Markup
    script: Markup
    policy: str


@cache
def assets() -> Assets:
    """Read the parts and put them together."""
    style, script = _read("page.css"), _script()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'"
    )
    return Assets(Markup(style), Markup(script), policy)


def _script() -> str:
    parts = "\n".join(_read(f"script/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _read(name: str) -> str:
    return files("bench.output.report").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode("ascii")
