"""The conformance suite without a test runner: which rules a method keeps and which it breaks, in words."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.errors import InputError
from bench.registry import METHODS
from bench.registry.imports import line_in
from bench.testing.conformance import MethodConformance, MethodEntry


@dataclass(frozen=True)
class Verdict:
    """Whether a method keeps a rule.

    Attributes:
        rule: in words.
        broken: what went wrong, in a line; empty where the rule holds.
    """

    rule: str
    broken: str


def rules() -> dict[str, str]:
    """The rules of the conformance suite in words, by the names of its tests, in its order."""
    tests = {name: test for name, test in vars(MethodConformance).items() if name.startswith("test_")}
    return {name: inspect.cleandoc(test.__doc__ or name) for name, test in tests.items()}


def check_file(path: Path) -> dict[str, list[Verdict]]:
    """A verdict on each rule for each method that a file registers, by the method's name, at its default options.

    Raises:
        InputError: no such file, it cannot be imported, or it registers no method.
    """
    if not path.is_file():
        raise InputError(f"no such file: {path}")
    found = METHODS.of_file(path)
    if not found:
        raise InputError(f"{path} registers no method; `dno-bench new method NAME` writes a file that does")
    return {name: [_verdict(test, rule, entry) for test, rule in rules().items()] for name, entry in found.items()}


def report_lines(checked: Mapping[str, list[Verdict]]) -> Iterator[str]:
    """The verdicts for people: a line each, and under a broken rule what went wrong, once."""
    for name, verdicts in checked.items():
        yield f"{name}, at its default options on a Gaussian toy:"
        said = ""
        for one in verdicts:
            yield f"  {'BROKEN' if one.broken else 'holds '}  {one.rule}"
            if one.broken:
                yield f"          {one.broken if one.broken != said else 'as above'}"
                said = one.broken
        broken = sum(bool(one.broken) for one in verdicts)
        yield f"{len(verdicts) - broken} of {len(verdicts)} rules hold" + (f", {broken} broken" if broken else "")


def _verdict(name: str, rule: str, entry: MethodEntry) -> Verdict:
    """What the test called `name` says of a method."""
    suite = MethodConformance()
    test = getattr(suite, name)
    with ExitStack() as opened:
        given = {
            "entry": entry,
            "run": suite.runner(entry),
            "tmp_path": Path(opened.enter_context(TemporaryDirectory())),
            "monkeypatch": opened.enter_context(pytest.MonkeyPatch.context()),
        }
        try:
            test(**{wanted: given[wanted] for wanted in inspect.signature(test).parameters})
        except (Exception, SystemExit, pytest.fail.Exception) as error:
            return Verdict(rule, _said(error) + line_in(entry.origin, error))
    return Verdict(rule, "")


def _said(error: BaseException) -> str:
    """An error in one line."""
    message = " ".join(str(error).split())
    return message if isinstance(error, AssertionError) else f"{type(error).__name__}: {message}"
