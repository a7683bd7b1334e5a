"""The navigation: a pattern in it stands for the pages that it matches and that no entry names."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Item = str | dict[str, Any]
"""The path of a page, or a pattern of paths; or a title with one of these, or with a list of items."""


def expanded(items: Sequence[Item], pages: Sequence[str]) -> list[Item]:
    """The items with pages in place of each pattern, each page once; a part that has no page goes.

    Args:
        items: of the navigation. In a pattern `*` stands for anything without a slash; the first that matches counts.
        pages: the paths of all pages.
    """
    named = set(_named(items))
    return _expanded(items, [page for page in pages if page not in named])


def _expanded(items: Sequence[Item], left: list[str]) -> list[Item]:
    found: list[Item] = []
    for item in items:
        if isinstance(item, str):
            found += _taken(item, left) if "*" in item else [item]
            continue
        ((title, value),) = item.items()
        if isinstance(value, str) and "*" not in value:
            found.append(item)
        elif inner := _expanded([value] if isinstance(value, str) else value, left):
            found.append({title: inner})
    return found


def _taken(pattern: str, left: list[str]) -> list[str]:
    """The pages that a pattern matches, which are not left to others then."""
    regular = re.compile(re.escape(pattern).replace(r"\*", "[^/]*"))
    found = [page for page in left if regular.fullmatch(page)]
    left[:] = [page for page in left if page not in found]
    return found


def _named(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, str):
            yield item
            continue
        (value,) = item.values()
        yield from _named([value] if isinstance(value, str) else value)
