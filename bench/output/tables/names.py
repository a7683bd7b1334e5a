"""What methods are called in a table: names for a paper in place of the labels of a suite."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.errors import InputError, unknown_name
from bench.output.tables.table import Row, Table

METHODS = ("method", "reference")
"""The keys of a table under which methods stand."""


def read_names(values: Sequence[str], methods: Sequence[str]) -> dict[str, str]:
    """What values such as `dno=DNO (ours)` say: the names of all `methods`, their labels where nothing else is said.

    Raises:
        InputError: a value is of another form, names none of `methods`, or two would have one name.
    """
    names = {method: method for method in methods} | dict(_pair(value, methods) for value in values)
    shown = list(names.values())
    if twice := [name for name in shown if shown.count(name) > 1]:
        raise InputError(f"--names: two methods would be called {twice[0]!r}; give each a name of its own")
    return names


def renamed(table: Table, names: Mapping[str, str]) -> Table:
    """The table with `names` (of all methods of the run, by label) in its rows and in the sentences below it."""
    rows = [row if row.published else _renamed_row(row, table.keys, names) for row in table.rows]
    return replace(table, rows=rows, notes=[_renamed_words(note, names) for note in table.notes])


def _pair(value: str, methods: Sequence[str]) -> tuple[str, str]:
    # A label may hold the sign itself, as `dno learning_rate=0.1`.
    label = max((method for method in methods if value.startswith(f"{method}=")), key=len, default="")
    name = value.removeprefix(f"{label}=").strip()
    if label and name:
        return label, name
    asked, sign, _ = value.partition("=")
    if sign and asked and not label:
        raise unknown_name("method", asked, methods)
    raise InputError(f'--names {value!r}: write METHOD=NAME, as in --names dno="DNO (ours)"')


def _renamed_row(row: Row, keys: tuple[str, ...], names: Mapping[str, str]) -> Row:
    shown = (names.get(own, own) if key in METHODS else own for key, own in zip(keys, row.keys, strict=True))
    return replace(row, keys=tuple(shown))


def _renamed_words(text: str, names: Mapping[str, str]) -> str:
    """The text with names in place of whole labels, but not within `commands`, where labels have to stay."""
    labels = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = rf"`[^`]*`|(?<![\w./=-])(?:{labels})(?![\w=-]|[./]\w)"
    return re.sub(pattern, lambda found: names.get(found[0], found[0]), text)
