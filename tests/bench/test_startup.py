"""What a command imports before it answers: in a process of its own, for in this one everything is imported already."""

import subprocess
import sys

import pytest

from tests.support.runs import make_run

NETWORKS = {"accelerate", "diffusers", "torch._dynamo", "torchmetrics", "transformers"}
TABLES = {"matplotlib", "pandas", "scipy", "seaborn"}
TORCH = {"torch"}
COMMAND = """
import atexit, sys
atexit.register(lambda: print("\\n".join(sys.modules), file=open("modules", "w")))
from bench.cli import main
main()
"""


def started(folder, *arguments):
    """How a command ended, its errors, and the modules that it had imported by then."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stderr, set((folder / "modules").read_text().split())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "small", prompts=("cat",), seeds=(0,))


@pytest.mark.parametrize("arguments", [["--help"], ["list", "suites"], ["list", "prompts"], ["run", "demo", "--help"]])
def test_what_asks_for_no_plugin_needs_no_torch(tmp_path, arguments):
    status, errors, modules = started(tmp_path, *arguments)
    assert status == 0, errors
    assert not modules & (NETWORKS | TABLES | TORCH)


def test_the_status_of_a_run_needs_no_torch_and_no_plugin(tmp_path, run):
    status, errors, modules = started(tmp_path, "status", run)
    assert status == 0, errors
    assert not modules & (NETWORKS | TABLES | TORCH | {"methods", "rewards"})


def test_a_table_needs_no_torch(tmp_path, run):
    status, errors, modules = started(tmp_path, "table", run)
    assert status == 0, errors
    assert not modules & (NETWORKS | TORCH | {"matplotlib", "seaborn"})


@pytest.mark.parametrize(
    "arguments",
    [["list", "methods"], ["list", "rewards"], ["show", "model", "sd15"], ["run", "demo", "--dry-run"]],
)
def test_plugins_are_looked_at_without_what_they_load(tmp_path, arguments):
    status, errors, modules = started(tmp_path, *arguments)
    assert status == 0, errors
    assert not modules & (NETWORKS | TABLES)


def test_a_misspelt_method_is_refused_without_what_models_load(tmp_path):
    status, errors, modules = started(tmp_path, "run", "demo", "--methods", "best-of-m", "--dry-run")
    assert status == 2
    assert "best-of-n" in errors
    assert not modules & (NETWORKS | TABLES)


def test_a_misspelt_suite_is_refused_without_torch(tmp_path):
    status, errors, modules = started(tmp_path, "run", "dmeo")
    assert status == 2
    assert "demo" in errors
    assert not modules & (NETWORKS | TABLES | TORCH)
