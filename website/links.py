"""Links that are written for the repository, as they lead within the site."""

import posixpath
import re

from website.repository import ROOT, origin, place

_CODE_OR_LINK = re.compile(
    r"(?ms)^(?P<fence> *`{3,})[^\n]*\n.*?^(?P=fence) *$|`[^`\n]+`|\[(?P<text>[^\]\n]*)\]\((?P<target>[^)\s]+)\)"
)


def rewritten(text: str, page: str) -> str:
    """The text of a page with its links led on; what the site does not have, such as code, is plain text then.

    A target that the repository does not have either stays as it is, for mkdocs to complain of.
    """
    return _CODE_OR_LINK.sub(lambda found: found[0] if found["target"] is None else _led_on(found, page), text)


def _led_on(link: re.Match[str], page: str) -> str:
    target, _, anchor = link["target"].partition("#")
    if not target or ":" in target:
        return link[0]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin(page)), target))
    there = place(path, anchor)
    if there is None:
        return link["text"] if (ROOT / path).exists() else link[0]
    end = f"#{anchor}" if anchor and path != "README.md" else ""
    return f"[{link['text']}]({posixpath.relpath(there, posixpath.dirname(page) or '.')}{end})"
