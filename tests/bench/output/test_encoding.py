"""What is printed where the encoding lacks characters: in processes of their own, since the encoding is theirs."""

import os
import subprocess
import sys

import pytest

from bench.output.encoding import tolerate_any_output
from tests.support.cli import dno_bench
from tests.support.runs import make_run

MAIN = "from bench.cli import main; main()"


def run_in(encoding, *arguments, cwd):
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    for name in ("one", "two"):
        make_run(home / name, prompts=("un canard à plumes", "鸭"))
    return home


def test_a_terminal_that_knows_ascii_only_gets_carets_for_arrows(home):
    plain = run_in("ascii", "table", "one", cwd=home)
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.isascii()
    assert b"10 s ^" in plain.stdout
    assert "10 s ↑" in dno_bench("table", "one", cwd=home).stdout


def test_two_runs_are_compared_there_too(home):
    done = run_in("ascii", "compare", "one", "two", cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_an_error_that_names_a_prompt_is_still_one_line(home):
    refused = run_in("ascii", "plot", "ё", cwd=home)
    assert refused.returncode == 2
    assert refused.stderr.startswith(b"error: ? is not a run folder")
    assert refused.stderr.count(b"\n") == 1


def test_what_has_no_encoding_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    tolerate_any_output()
