"""The commands for those who write methods: `new` and `check`, from the first line to the last."""

import subprocess
import sys

import pytest

from tests.support.cli import dno_bench

SILENT = '''
from dataclasses import dataclass

from bench.registry import register_method


@register_method("silent", family="test", paper="none")
@dataclass(frozen=True)
class Silent:
    """Offers nothing."""

    def run(self, problem):
        return
        yield
'''

pytestmark = pytest.mark.usefixtures("files_forgotten")


def test_a_new_method_is_written_checked_and_run(tmp_path, few_plots):
    new = dno_bench("new", "method", "my-search", cwd=tmp_path)
    assert new.returncode == 0, new.stderr
    assert new.stdout.splitlines()[:2] == ["method  my_search.py", "test    test_my_search.py"]
    check, run = (line.split(maxsplit=2)[2].split() for line in new.stdout.splitlines()[2:])
    checked = dno_bench(*check, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.endswith(" rules hold\n")
    small = ["--rewards", "darkness", "--prompts", "white duck", "--seeds", "0", "--budget", "100nfe", "--wandb", "off"]
    ran = dno_bench(*run, *small, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "my-search" in ran.stdout


def test_its_test_passes(tmp_path):
    assert dno_bench("new", "method", "my-search", cwd=tmp_path).returncode == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_search.py"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("reward", "mine"), "error: unknown kind to begin 'reward' (known: method)\n"),
        (("method", "dno"), "error: method 'dno' is there already"),
        (("method", "My Search"), "error: 'My Search' is no name of a method"),
    ],
)
def test_new_refuses_in_one_line(tmp_path, arguments, message):
    refused = dno_bench("new", *arguments, cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith(message)
    assert refused.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*.py"))


def test_check_ends_with_1_where_a_rule_is_broken(tmp_path):
    (tmp_path / "silent.py").write_text(SILENT)
    checked = dno_bench("check", "silent.py", cwd=tmp_path)
    assert checked.returncode == 1, checked.stderr
    assert checked.stdout.startswith("silent, at its default options on a Gaussian toy:\n  holds   A summary, ")
    assert "  BROKEN  Samples, rewards and noise belong together" in checked.stdout


def test_check_refuses_what_is_no_file(tmp_path):
    refused = dno_bench("check", "none.py", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (2, "error: no such file: none.py\n")
