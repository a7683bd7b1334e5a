"""`path.py@name` in options: a plug-in and the file that registers it, which may be seen from several folders."""

import re
from collections.abc import Callable
from typing import Any

REFERENCE = re.compile(r"(?P<path>.+\.py)@(?P<name>[^@/\\]+)")


def without_paths(value: Any) -> Any:  # noqa: ANN401 - any option
    """An option with every `path.py@name` in it as `name`: what it means, wherever it is seen from."""
    return with_texts(value, lambda text: plugin["name"] if (plugin := REFERENCE.fullmatch(text)) else text)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - any option
    """An option with every text in it changed, keys too."""
    if isinstance(value, dict):
        return {with_texts(key, change): with_texts(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [with_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value
