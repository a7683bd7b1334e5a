"""Names to classes: errors that help, files outside the tree, entry points that break."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from bench.errors import InputError
from bench.registry import METHODS, METRICS, MODELS, REWARDS, Registry


def test_shipped_names():
    assert {"base", "best-of-n", "dno", "dno-regularized"} <= set(METHODS.names())
    assert {"brightness", "darkness", "emoji-alignment", "jpeg-compressibility"} <= set(REWARDS.names())
    assert "emoji" in MODELS.names()
    assert {"adherence", "alignment", "noise-probability", "support-distance"} <= set(METRICS.names())


def test_unknown_name_lists_the_known_and_the_nearest():
    with pytest.raises(InputError, match=r"unknown method 'best-off-n'; did you mean 'best-of-n'\? \(known: base, "):
        METHODS.get("best-off-n")


def test_unknown_option_lists_the_known():
    with pytest.raises(
        InputError, match=r"'learning_rat'; did you mean 'learning_rate'\?.*known: batch_size, block_size"
    ):
        METHODS.get("dno").create({"learning_rat": 1})


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"learning_rate": "fast"}, "learning_rate.*valid number.*'fast'"),
        ({"learning_rate": -1}, "must be positive"),
        ({"permutations": 0}, "at least 1"),
    ],
)
def test_bad_option_says_what_is_wrong(options, why):
    with pytest.raises(InputError, match=f"method 'dno': .*{why}"):
        METHODS.get("dno").create(options)


METHOD = '''
from dataclasses import dataclass
from bench.registry import register_method

@register_method("mine", family="search", paper="none")
@dataclass(frozen=True)
class Mine:
    """Mine."""

    size: int = 3

    def run(self, problem):
        return iter(())
'''


def test_a_file_outside_the_tree(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(METHOD)
    registry_entry = METHODS.get(f"{path}@mine")
    assert registry_entry.create({"size": 5}).size == 5
    assert registry_entry.origin == str(path)
    with pytest.raises(InputError, match="unknown method 'yours'"):
        METHODS.get(f"{path}@yours")


def test_a_file_that_is_not_there_or_broken(tmp_path):
    with pytest.raises(InputError, match=r"no such file: .*nowhere\.py"):
        METHODS.get(f"{tmp_path / 'nowhere.py'}@x")
    broken = tmp_path / "broken.py"
    broken.write_text("import nothing_of_that_name")
    with pytest.raises(InputError, match=r"broken\.py could not be imported: ModuleNotFoundError"):
        METHODS.get(f"{broken}@x")


def test_a_name_cannot_be_taken_twice(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(METHOD.replace('"mine"', '"taken"'))
    METHODS.get(f"{tmp_path / 'one.py'}@taken")
    with pytest.raises(InputError, match="defined twice"):
        METHODS.get(f"{tmp_path / 'two.py'}@taken")


def test_entry_points_load_and_a_broken_one_is_listed(monkeypatch, tmp_path):
    (tmp_path / "dno_bench_plugin_of_test.py").write_text("from methods.base import Base\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("good", "dno_bench_plugin_of_test:Base", "dno_bench.methods"),
        EntryPoint("bad", "no_such_module_of_test:X", "dno_bench.methods"),
    ]
    monkeypatch.setattr("bench.registry.entry_points", lambda group: points)
    registry = Registry("method", "methods")
    with pytest.warns(UserWarning, match="no_such_module_of_test:X"):
        registry.names()
    assert list(registry.broken) == ["bad"]
    with pytest.raises(InputError, match="'bad' could not be imported: ModuleNotFoundError"):
        registry.get("bad")


def test_registering_keeps_the_facts():
    registry = Registry("thing", "methods")

    @registry.register("a-thing", paper="a paper")
    @dataclass(frozen=True)
    class Thing:
        """A thing."""

    assert registry._entries["a-thing"].facts == {"paper": "a paper"}
    assert registry._entries["a-thing"].summary == "A thing."
    assert registry._entries["a-thing"].factory is Thing
