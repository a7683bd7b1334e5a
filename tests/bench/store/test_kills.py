"""A kill at any point leaves a folder that the same command continues: before each operation on its files in turn."""

import os
import signal
import sys
from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.run.campaign import run_suite
from bench.store.tables import read_tables
from bench.suite.suite import Suite
from tests.support.cli import dno_bench
from tests.support.plugins import HERE
from tests.support.process import Child

WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"}
STEP = 6
"""Every sixth point a command, which is seconds; the two begin apart."""


def suite(prompts=("cat",)):
    fields = {"models": [f"{HERE}@gaussian"], "rewards": [f"{HERE}@mean"], "methods": [f"{HERE}@three"], "seeds": [0]}
    return Suite.model_validate({"name": "small", "prompts": list(prompts), **fields, "budget": "20nfe"})


def run(one, path):
    return run_suite(one, path, [torch.device("cpu")], "off", Console(file=StringIO()))


def run_until(point, one, path):
    """Kill this process just before operation number `point` on the files of a run; the number of those there are."""
    done = 0

    def count(event, arguments):
        nonlocal done
        written = event == "open" and arguments[1] not in {None, "r", "rb"}
        if (event in WRITES or written) and str(path) in os.fspath(str(arguments[0])):
            if done == point:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1

    sys.addaudithook(count)
    run(one, path)
    return done


def killed_at(point, one, path):
    """Whether the command came so far."""
    child = Child(path.with_name(f"{path.name}.txt"), run_until, point, one, path)
    return child.end()[0] == -signal.SIGKILL


@pytest.mark.parametrize(("first", "grown"), [(2, False), (5, True)], ids=["new", "grown"])
def test_killed_before_any_operation_on_its_files_a_run_goes_on(tmp_path, first, grown):
    point, asked = first, suite(["cat", "dog"] if grown else ["cat"])
    while True:
        path = tmp_path / str(point)
        if grown:
            run(suite(), path)
        if not killed_at(point, asked, path):
            break
        assert "Traceback" not in dno_bench("status", path, cwd=tmp_path).stderr
        assert run(asked, path) == 0
        scores, curves = read_tables(path)
        assert set(scores["status"]) == {"ok"}
        assert len(scores) == len(asked.cells()) * len(asked.cells()[0].checkpoints)
        assert not curves.duplicated(["cell", "step"]).any()
        assert not list(path.glob(".*.[0-9]*"))
        point += STEP
    assert point > 20
