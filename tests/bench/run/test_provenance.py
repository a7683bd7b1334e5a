"""Whose commit is recorded."""

import subprocess
from pathlib import Path

import pytest

import bench
from bench.run.provenance import provenance


def git(folder, *arguments):
    own = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git repository in whose `bench` folder this package is said to lie."""
    git(tmp_path, "init", "-q")
    (tmp_path / "bench").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'dno-bench'\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "bench" / "__init__.py"))
    return tmp_path


def test_the_commit_of_this_project(checkout):
    assert len(provenance([])["git"]["sha"]) == 40
    assert provenance([])["git"]["dirty"] is False


def test_a_variable_of_git_does_not_mislead(checkout, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert len(provenance([])["git"]["sha"]) == 40


def test_not_the_commit_of_somebody_elses_project(checkout, monkeypatch):
    (checkout / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert provenance([])["git"] == {}


def test_not_the_commit_around_an_installed_package(checkout, monkeypatch):
    installed = checkout / "venv" / "site-packages" / "bench"
    installed.mkdir(parents=True)
    monkeypatch.setattr(bench, "__file__", str(installed / "__init__.py"))
    assert provenance([])["git"] == {}
    assert Path(bench.__file__).parent == installed
