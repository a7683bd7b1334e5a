"""The conformance suite in words: what it says of methods that keep the rules, and of those that break one each."""

import pytest

from bench.errors import InputError
from bench.registry.skeleton import write_method
from bench.testing import MethodConformance
from bench.testing.check import check_file, report_lines, rules

BREAKERS = '''
import time
from dataclasses import dataclass

from bench.problem import Candidates
from bench.registry import register_method
from bench.sampling import scored as sampling


def scored(problem):
    return sampling.scored(problem, problem.draw_noise(1))


@register_method("unscored", family="test", paper="none")
@dataclass(frozen=True)
class Unscored:
    """Says of its samples what no reward has said."""

    def run(self, problem):
        while True:
            one = scored(problem)
            yield Candidates(one.samples, one.rewards + 1, one.noise)


@register_method("raises-at-once", family="test", paper="none")
@dataclass(frozen=True)
class RaisesAtOnce:
    """Never gets anywhere."""

    def run(self, problem):
        raise ZeroDivisionError("on purpose")
        yield


@register_method("leaves", family="test", paper="none")
@dataclass(frozen=True)
class Leaves:
    """Asks the process to end."""

    def run(self, problem):
        yield scored(problem)
        raise SystemExit(0)


@register_method("no-paper", family="test", paper="")
@dataclass(frozen=True)
class NoPaper:
    """Comes from nowhere."""

    def run(self, problem):
        while True:
            yield scored(problem)
'''


@pytest.fixture(scope="module")
def breakers(tmp_path_factory):
    path = tmp_path_factory.mktemp("check") / "breakers.py"
    path.write_text(BREAKERS)
    return check_file(path)


def broken(verdicts):
    return {one.rule: one.broken for one in verdicts if one.broken}


def test_there_is_a_rule_for_each_test_of_the_suite():
    assert set(rules()) == {name for name in dir(MethodConformance) if name.startswith("test_")}
    assert all(rule.endswith(".") and "\n" not in rule for rule in rules().values())


def test_a_new_method_keeps_all_rules(tmp_path, files_forgotten):
    path, _ = write_method("my-search", tmp_path)
    ((name, verdicts),) = check_file(path).items()
    assert name == "my-search"
    assert not broken(verdicts)
    lines = list(report_lines({name: verdicts}))
    assert lines[0] == "my-search, at its default options on a Gaussian toy:"
    assert lines[-1] == f"{len(rules())} of {len(rules())} rules hold"
    assert lines[1:-1] == [f"  holds   {rule}" for rule in rules().values()]


def test_every_method_of_a_file_is_checked_in_its_order(breakers):
    assert list(breakers) == ["unscored", "raises-at-once", "leaves", "no-paper"]


def test_an_import_of_a_clock_is_told_of_each_method(breakers):
    clock = rules()["test_reads_no_clock"]
    assert all(clock in broken(verdicts) for verdicts in breakers.values())
    assert broken(breakers["no-paper"])[clock] == "its file imports time"


def test_a_broken_rule_is_told_by_name_and_the_others_hold(breakers):
    """Beside the clock: each breaks one rule, or cannot be run at all."""
    clock = rules()["test_reads_no_clock"]
    assert set(broken(breakers["no-paper"])) == {clock, rules()["test_is_documented"]}
    assert set(broken(breakers["unscored"])) == {clock, rules()["test_yields_scored_samples"]}
    assert broken(breakers["unscored"])[rules()["test_yields_scored_samples"]] == (
        "problem.reward says otherwise of the samples (by up to 1)"
    )


def test_what_a_method_raises_is_told_with_the_line_of_its_file(breakers):
    said = broken(breakers["raises-at-once"])[rules()["test_yields_scored_samples"]]
    line = BREAKERS.splitlines().index('        raise ZeroDivisionError("on purpose")') + 1
    assert said == f"ZeroDivisionError: on purpose (line {line})"
    assert "SystemExit: 0" in broken(breakers["leaves"])[rules()["test_yields_scored_samples"]]


def test_broken_rules_stand_in_the_report(breakers):
    lines = list(report_lines({"no-paper": breakers["no-paper"]}))
    index = lines.index(f"  BROKEN  {rules()['test_is_documented']}")
    assert lines[index + 1] == "          its decorator names no paper"
    assert lines[-1] == f"{len(rules()) - 2} of {len(rules())} rules hold, 2 broken"


def test_what_breaks_every_rule_is_told_once(breakers):
    lines = list(report_lines({"raises-at-once": breakers["raises-at-once"]}))
    assert sum("ZeroDivisionError" in line for line in lines) == 2  # the rule of the clock stands between
    assert "          as above" in lines


def test_a_file_without_methods_is_refused(tmp_path):
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(InputError, match="registers no method; `dno-bench new method NAME`"):
        check_file(tmp_path / "empty.py")
    with pytest.raises(InputError, match=r"^no such file: .*none\.py$"):
        check_file(tmp_path / "none.py")
