"""Paths in a suite lead from its own folder, wherever it is run from."""

import pytest

from bench.suite.paths import located
from bench.suite.references import without_paths
from bench.suite.suite import load_suite

METHOD = """
from dataclasses import dataclass
from bench.registry import register_method

@register_method("path-method", family="search", paper="none")
@dataclass(frozen=True)
class Method:
    weights: str = ""

    def run(self, problem):
        yield
"""
SUITE = """
name: mine
models: [ring]
prompts: [own/mine.txt]
rewards: [ring-waves]
methods: {own/method.py@path-method: {weights: ./own}}
seeds: [0]
budget: 1s
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    (folder / "suites" / "own").mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    (folder / "suites" / "mine.yaml").write_text(SUITE)
    (folder / "suites" / "own" / "method.py").write_text(METHOD)
    (folder / "suites" / "own" / "mine.txt").write_text("ring\n")
    return folder


@pytest.fixture
def home(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (".", "suites/mine.yaml"),
        ("suites", "mine.yaml"),
        ("suites/own", "../mine.yaml"),
        ("elsewhere", "../suites/mine.yaml"),
    ],
)
def test_a_suite_runs_from_anywhere(home, monkeypatch, place, path):
    monkeypatch.chdir(home / place)
    suite = load_suite(path)
    (cell,) = suite.cells()
    assert (cell.prompt, cell.method) == ("ring", "path-method")
    assert (home / place / cell.method_options["weights"]).resolve() == home / "suites" / "own"


def test_beneath_the_working_folder_paths_stay_relative(home):
    """So that a folder may be moved with its suites and runs."""
    (options,) = load_suite("suites/mine.yaml").experiments[0].methods.values()
    assert options == {"use": "suites/own/method.py@path-method", "weights": "./suites/own"}
    assert load_suite(str(home / "suites" / "mine.yaml")).experiments == load_suite("suites/mine.yaml").experiments


def test_only_what_is_written_as_a_path_is_one(home):
    folder = home / "suites"
    kept = ["some/model", "/abs/x.py@y", "/abs", "a.py", "b@c", 3, None, {"x": [1.5, True]}]
    assert located(kept, folder) == kept
    assert located({"of": {"own/r.py@mean": 1, "up": "../w"}}, folder) == {
        "of": {"suites/own/r.py@mean": 1, "up": "./w"}
    }
    assert located("../../w", folder) == str(home.parent / "w")


def test_without_its_path_a_plug_in_keeps_its_name_wherever_it_stands():
    options = {"use": "sub/r.py@mean", "of": {"/a b/r.py@x": 1, "y": ["r.py@z", "./w", 3]}, "a@b.py": None}
    assert without_paths(options) == {"use": "mean", "of": {"x": 1, "y": ["z", "./w", 3]}, "a@b.py": None}
