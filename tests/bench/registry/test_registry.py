"""Names to classes: errors that help, files outside the tree, entry points that break."""

import gc
import sys
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bench.errors import InputError
from bench.registry import METHODS, METRICS, MODELS, REWARDS, ModelFacts, Registry
from bench.registry.imports import collector_paused
from tests.support.cli import dno_bench


def test_shipped_names():
    assert {"base", "best-of-n", "dno", "dno-regularized"} <= set(METHODS.names())
    assert {"brightness", "darkness", "emoji-alignment", "jpeg-compressibility"} <= set(REWARDS.names())
    assert "emoji" in MODELS.names()
    assert {"adherence", "alignment", "noise-probability", "support-distance"} <= set(METRICS.names())


def test_unknown_name_lists_the_known_and_the_nearest():
    with pytest.raises(InputError, match=r"unknown method 'best-off-n'; did you mean 'best-of-n'\? \(known: .*base, "):
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
    for name in ("yours", "dno"):  # never a built-in that happens to have the name
        with pytest.raises(InputError, match=rf"unknown method of {path}: '{name}' \(known: mine\)"):
            METHODS.get(f"{path}@{name}")


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
    monkeypatch.setattr("bench.registry.registry.entry_points", lambda group: points)
    registry = Registry("method", "methods")
    with pytest.warns(UserWarning, match="no_such_module_of_test:X"):
        registry.names()
    assert list(registry.broken) == ["bad"]
    with pytest.raises(InputError, match="'bad' could not be imported: ModuleNotFoundError"):
        registry.get("bad")


def test_another_package_is_imported_when_one_of_its_names_is_asked_for(monkeypatch, tmp_path):
    for name in ("first", "second"):
        module = tmp_path / f"dno_bench_{name}_of_test.py"
        module.write_text(METHOD.replace('"mine"', f'"{name}"'))
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint(name, f"dno_bench_{name}_of_test", "dno_bench.methods") for name in ("first", "second")]
    monkeypatch.setattr("bench.registry.registry.entry_points", lambda group: points)
    registry = Registry("method", "methods")
    monkeypatch.setattr("bench.registry.kinds.METHODS", registry)

    def imported():
        return [name for name in ("first", "second") if f"dno_bench_{name}_of_test" in sys.modules]

    registry.register("base", METHODS.get("base").facts)(METHODS.get("base").factory)
    assert registry.get("base").name == "base"
    assert imported() == []
    assert registry.get("second").name == "second"
    assert imported() == ["second"]
    with pytest.raises(InputError, match="did you mean 'first'"):
        registry.get("frist")
    assert imported() == ["first", "second"]


@pytest.mark.parametrize("asked", [None, "derived", "plain"])
def test_a_package_may_build_on_what_another_registers(monkeypatch, tmp_path, asked):
    (tmp_path / "dno_bench_plain_of_test.py").write_text(METHOD.replace('"mine"', '"plain"'))
    derived = METHOD.replace('"mine"', '"derived"').replace("class Mine", "class Derived(METHODS.get('plain').factory)")
    module = tmp_path / "dno_bench_derived_of_test.py"
    module.write_text(derived.replace("import register_method", "import METHODS, register_method"))
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint(name, f"dno_bench_{name}_of_test", "dno_bench.methods") for name in ("derived", "plain")]
    monkeypatch.setattr("bench.registry.registry.entry_points", lambda group: points)
    registry = Registry("method", "methods")
    monkeypatch.setattr("bench.registry.kinds.METHODS", registry)
    monkeypatch.setattr("bench.registry.METHODS", registry)
    if asked:
        assert registry.get(asked).name == asked
    assert {"derived", "plain"} <= set(registry.names())
    assert registry.broken == {}
    for point in points:
        sys.modules.pop(point.module)


def test_the_collector_runs_again_after_an_import_that_failed(tmp_path):
    running = []

    @collector_paused()
    def broken():
        running.append(gc.isenabled())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert running == [False]
    assert gc.isenabled()


def test_registering_keeps_facts_and_file():
    registry = Registry("thing", "methods")

    @registry.register("a-thing", ModelFacts(licence="MIT", weights="none", paper="a paper"))
    @dataclass(frozen=True)
    class Thing:
        """A thing."""

    entry = registry.get("a-thing")
    assert entry.facts == ModelFacts(licence="MIT", weights="none", paper="a paper", medium="image")
    assert entry.summary == "A thing."
    assert entry.factory is Thing
    assert entry.sha256 == sha256(Path(__file__).read_bytes()).hexdigest()


def test_the_digest_is_that_of_the_file_as_it_was_imported(tmp_path):
    path = tmp_path / "edited.py"
    path.write_text(METHOD.replace('"mine"', '"edited"'))
    before = sha256(path.read_bytes()).hexdigest()
    METHODS.get(f"{path}@edited")
    path.write_text("")
    assert METHODS.get(f"{path}@edited").sha256 == before


WRONG = {
    "a class without run": (METHOD.replace("def run", "def walk"), "class Mine has no 'run'"),
    "a function": ("@register_method('mine', family='f', paper='p')\ndef mine():\n    pass", "mine is no class"),
    "a plain class": (METHOD.replace("@dataclass(frozen=True)", ""), "class Mine is no dataclass"),
    "a subclass that is none": (
        f"{METHOD}\n@register_method('more', family='f', paper='p')\nclass More(Mine):\n    size: int = 4",
        "method 'more': class More is no dataclass",
    ),
    "one name twice": (
        f"{METHOD}\n{METHOD.replace('class Mine', 'class Other')}",
        "defined twice: class Other, and Mine",
    ),
    "one name and class twice": (METHOD * 2, "defined twice: class Mine, and Mine"),
    "a fact of the wrong type": (METHOD.replace('"search"', "3"), "family: Input should be a valid string"),
    "a fact that is missing": (METHOD.replace('family="search", ', ""), r"TypeError: .*'family' \(line 5\)"),
    "an exit": ("import sys\nsys.exit(0)", r"SystemExit: 0 \(line 2\)"),
    "a syntax error": ("def", "SyntaxError: invalid syntax"),
    "an error of many lines": ("raise ValueError('one\\ntwo')", r"ValueError: one two \(line 1\)"),
}
IMPORTS = "from dataclasses import dataclass\nfrom bench.registry import register_method\n"


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_registers_no_plugin_is_refused_by_name(tmp_path, what):
    text, why = WRONG[what]
    text = text.replace("mine'", "wrong'").replace('mine"', 'wrong"')  # a name of its own
    path = tmp_path / "wrong.py"
    path.write_text(text if text.startswith(("import", "def", "raise", "\n")) else IMPORTS + text)
    for _ in range(2):  # the second time as the first: nothing is left of it
        with pytest.raises(InputError, match=f"^{path}.*{why}") as found:
            METHODS.get(f"{path}@wrong")
        assert "\n" not in str(found.value)
    assert "wrong" not in METHODS.names()


def test_a_broken_file_of_the_package_is_an_error_each_time(tmp_path, monkeypatch):
    package = tmp_path / "package_of_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a_good.py").write_text(METHOD.replace('"mine"', '"of-the-package"'))
    (package / "broken.py").write_text("import nothing_of_that_name")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry("method", "package_of_test")
    for _ in range(2):
        with pytest.raises(InputError, match=r"broken\.py could not be imported: ModuleNotFoundError.*\(line 1\)"):
            registry.get("of-the-package")


def test_the_command_line_says_it_in_one_line(tmp_path):
    (tmp_path / "bad.py").write_text("import sys\nsys.exit(0)")
    done = dno_bench("run", "demo", "--methods", "bad.py@mine", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "bad.py could not be imported: SystemExit: 0 (line 2)" in done.stderr
