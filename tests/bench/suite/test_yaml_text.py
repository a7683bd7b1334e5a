"""YAML: whatever is written reads back, in this reader and in another; whatever explodes is refused at once."""

import math

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bench.suite.yaml_text import read_yaml, write_yaml
from bench.suite.yaml_tree import YamlProblem

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers() | st.floats(allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
# The kinds that a reader may take for something else, or break a line at.
HARD = [
    "a\x85b", "\u2028", "\u2029", "\ufeff", "\x00\x07\x1b", "no", "Yes", "on", "~", "null", "true",
    "010", "08", "0x1F", "0b1", "1_000", "1e3", "1e-3", ".5", "5.", "1:30", "2024-01-01", "2024-99-99",
    ".inf", ".nan", "<<", "=", "- a", "a: b", "# a", " a ", "\t", "\n", "a\n\n b", "'", '"', "\\", "%",
    "@", "&a", "*a", "!a", "{{ x }}", "x" * 5000, "a b " * 1000, "🦆", "é", "",
]  # fmt: skip


@given(VALUES)
@example(HARD)
@example(dict.fromkeys(HARD, 1))
@example([math.inf, -math.inf, 1e16, 1e-5, 5e-324, 1.7976931348623157e308, -0.0, 10**30, -1])
def test_what_is_written_reads_back_here_and_in_another_reader(value):
    text = write_yaml(value)
    assert text.isascii()
    assert repr(read_yaml(text).value) == repr(value)
    assert repr(yaml.safe_load(text)) == repr(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[no, yes, on, 2024-01-01, 1:30, 1_000, 0x10]", ["no", "yes", "on", "2024-01-01", "1:30", "1_000", "0x10"]),
        ("[010, -3, 1e-3, .5, 5., .inf, true, ~, '7']", [10, -3, 0.001, 0.5, 5.0, math.inf, True, None, "7"]),
        ("{1: a, no: b, 2024-01-01: c, ~: d}", {"1": "a", "no": "b", "2024-01-01": "c", "~": "d"}),
        ("a: &x {b: 1}\nc: *x\nd: [*x, *x]", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
        ("a: &x {b: 1, c: 1}\nd: &y {c: 2}\ne: {<<: [*y, *x], f: 3}\ng: {<<: *x, b: 4}", {
            "a": {"b": 1, "c": 1}, "d": {"c": 2}, "e": {"b": 1, "c": 2, "f": 3}, "g": {"b": 4, "c": 1},
        }),
        ("!!str 7", "7"),
        ("", None),
    ],
)  # fmt: skip
def test_words_are_those_of_yaml_1_2(text, value):
    assert read_yaml(text).value == value


def test_lines():
    lines = read_yaml("a:\n- b\n- {c: 1,\n   d: 2}\n").lines
    assert lines == {(): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "c"): 3, ("a", 1, "d"): 4}


BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))

MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 30))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BOMB, None, "more than 100,000 values"),
        (MERGES, None, "more than 100,000 values"),
        ("a: 1\nb: &b [*b]", 2, "nested deeper than 50"),
        ("a: &a {b: *a}", 1, "nested deeper than 50"),
        ("[" * 5000 + "]" * 5000, 1, "nested deeper than 50"),
        ("- " * 5000 + "x", 1, "nested deeper than 50"),
        ("{{ x }}", 1, "a key is a list or a mapping"),
        ("a: {b: 1,\n c: 2,\n b: 3}", 3, "key 'b' stands twice, first in line 1"),
        ("a: 1\n\n'a': 2", 3, "key 'a' stands twice, first in line 1"),
        ("a: .nan", 1, r"not a number that can be used: '\.nan'"),
        ("a: 1e999", 1, "not a number"),
        ("a:\n  1" + "0" * 5000, 2, "not a number"),
        ("a: !!int x", 1, "not a number"),
        ('"\\uD83D"', 1, "half of a surrogate pair"),
        ('{"\\uD83D": 1}', 1, "half of a surrogate pair"),
        ("a:\n\t- c", 2, r"not YAML: .*'\\t'"),
        ("a: [1", 1, "not YAML"),
        ("a: 1\n---\nb: 1", 2, "not YAML: expected a single document"),
        ("a\0", 1, "not YAML"),
        ("a: !!python/object:os.system x", 1, "tag 'tag:yaml.org,2002:python/object:os.system' is not for suites"),
        ("a: !!binary aGk=", 1, "is not for suites"),
        ("a: !!set {b}", 1, "is not for suites"),
        ("a: *b", 1, "not YAML: found undefined alias"),
        ("a: {<<: 3}", 1, "`<<` takes an alias of a mapping"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text, line, message):
    with pytest.raises(YamlProblem, match=message) as refused:
        read_yaml(text)
    assert line in (None, refused.value.line)
    assert "\n" not in str(refused.value)
