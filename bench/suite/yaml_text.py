"""YAML as this project writes it: a text to plain values with the line of each, and plain values to a text.

Values are those of JSON; keys are texts as they stand. Words are read as YAML 1.2 reads them: `no` is a text, `010` is
ten, `1e-3` a number and `2024-01-01` no date.
"""

import re
from typing import Any, NamedTuple

import yaml

from bench.suite.yaml_tree import DEEPEST, TAG, Location, Tree, YamlProblem

_WORDS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    "merge": (r"<<", ["<"]),
}


class Document(NamedTuple):
    """A value, and the line (from 1) of each of its keys and items."""

    value: Any
    lines: dict[Location, int]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as in PyYAML's own classes


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.1 or 1.2 would take for something other than a text, so that either reads the same."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - any value
        """No anchors: every value is written where it stands."""
        return True


for _name, (_pattern, _first) in _WORDS.items():
    _Loader.add_implicit_resolver(TAG + _name, re.compile(rf"(?:{_pattern})$"), _first)
    _Dumper.add_implicit_resolver(TAG + _name, re.compile(rf"(?:{_pattern})$"), _first)


def read_yaml(text: str) -> Document:
    """The one document of a text; of an empty text, None.

    Raises:
        YamlProblem: it is not YAML, or holds what no suite can: a key twice, `.nan`, objects of a program, half of a
            surrogate pair, nesting deeper than `DEEPEST`, more than `MOST_VALUES` values.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlProblem(line, f"not YAML: {' '.join(filter(None, (error.context, error.problem)))}") from None
    except yaml.YAMLError as error:
        raise YamlProblem(1, f"not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise YamlProblem(1, f"nested deeper than {DEEPEST} levels") from None
    tree = Tree()
    return Document(None if root is None else tree.value(root, ()), tree.lines)


def write_yaml(value: Any) -> str:  # noqa: ANN401 - any value
    """A text of ASCII characters from which `read_yaml` and any other reader make `value` again.

    Raises:
        yaml.YAMLError: YAML has no words for a part of it.
    """
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=False, width=1 << 30)
