"""The nodes of a YAML document as plain values, within bounds: a short text may stand for billions of values."""

from typing import Any

import yaml

DEEPEST = 50
MOST_VALUES = 100_000
"""Values in a document, each counted as often as aliases repeat it."""
TAG = "tag:yaml.org,2002:"

Location = tuple[str | int, ...]


class YamlProblem(Exception):
    """What is wrong with a text, and in which line of it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line, self.message = line, message


class Tree:
    """Makes values of the nodes of one document, and notes the line of each key and item."""

    def __init__(self) -> None:
        self.lines: dict[Location, int] = {}
        self._count = 0

    def value(self, node: yaml.Node, location: Location) -> Any:  # noqa: ANN401 - any value
        """The value of a node that stands at `location`.

        Raises:
            YamlProblem: it is none, or the document is too deep or too large.
        """
        self.lines.setdefault(location, node.start_mark.line + 1)
        self._count += 1
        if self._count > MOST_VALUES:
            raise _problem(node, f"more than {MOST_VALUES:,} values, counted as often as aliases repeat them")
        if len(location) > DEEPEST:
            raise _problem(node, f"nested deeper than {DEEPEST} levels")
        if isinstance(node, yaml.MappingNode) and node.tag == f"{TAG}map":
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
            return [self.value(item, (*location, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        own: dict[str, yaml.Node] = {}
        merged: dict[str, Any] = {}
        for key, item in node.value:
            if key.tag == f"{TAG}merge":
                merged |= self._merged(item, location)
                continue
            name = _key(key)
            if name in own:
                first = self.lines[(*location, name)]
                raise _problem(key, f"key {name!r} stands twice, first in line {first}")
            own[name] = item
            self.lines[(*location, name)] = key.start_mark.line + 1
        return merged | {name: self.value(item, (*location, name)) for name, item in own.items()}

    def _merged(self, node: yaml.Node, location: Location) -> dict[str, Any]:
        """The mapping, or mappings, behind `<<`: of several, the first that has a key counts."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(part, yaml.MappingNode) for part in parts):
            raise _problem(node, "`<<` takes an alias of a mapping")
        found: dict[str, Any] = {}
        for part in parts:
            found = self.value(part, (*location, "<<")) | found
        return found


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _problem(node, "a key is a list or a mapping; keys are texts (`{{ }}` of a template must be filled in)")
    return _checked(node, node.value)


def _scalar(node: yaml.Node) -> Any:  # noqa: ANN401 - any scalar
    kind = node.tag.removeprefix(TAG)
    try:
        if kind in {"str", "null"}:
            return _checked(node, node.value) if kind == "str" else None
        if kind in {"bool", "int"}:
            return node.value.lower() == "true" if kind == "bool" else int(node.value)
        if kind == "float":
            return _number(node)
    except ValueError:
        raise _problem(node, f"not a number that can be used: {node.value[:40]!r}") from None
    raise _problem(node, f"tag {node.tag!r} is not for suites; write texts, numbers, lists and mappings")


def _number(node: yaml.Node) -> float:
    word = node.value.lower()
    number = float(word.replace(".inf", "inf"))
    if number in (float("inf"), -float("inf")) and "inf" not in word:
        raise ValueError
    return number


def _checked(node: yaml.Node, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _problem(node, f"{text[:40]!r} holds half of a surrogate pair, which is no character") from None
    return text


def _problem(node: yaml.Node, message: str) -> YamlProblem:
    return YamlProblem(node.start_mark.line + 1, message)
