"""What plug-ins raise that would end a process: a failed cell or a refused plug-in, never the end of the run."""

from io import StringIO

import pytest
import torch
from rich.console import Console

from bench.run.campaign import run_suite
from bench.store.folder import RunStore
from bench.suite.suite import Suite
from tests.support.cli import dno_bench
from tests.support.plugins import HERE

METHOD = '''
from dataclasses import dataclass
from bench.registry import register_method

{before}

@register_method("{name}", family="search", paper="none")
@dataclass(frozen=True)
class Mine:
    """Mine."""

    step: float = 1.0

    def __post_init__(self):
        {made}

    def run(self, problem):
        yield
'''
SUITE = """
name: small
models: [HERE@gaussian]
prompts: [cat]
rewards: [HERE@mean]
methods: [mine.py@{name}]
seeds: [0]
budget: 20nfe
"""
ERROR = "class E(BaseException):\n    def __str__(self):\n        raise KeyboardInterrupt\nraise E"


def run(path, methods, reward="mean"):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "seeds": [0], "budget": "20nfe"}
    names = [f"{HERE}@{name}" for name in methods]
    suite = Suite.model_validate({"name": "small", **fields, "rewards": [f"{HERE}@{reward}"], "methods": names})
    failed = run_suite(suite, path, [torch.device("cpu")], "off", Console(file=StringIO()))
    return failed, {one.read("cell")["method"]: one.read("failed").get("error") for one in RunStore.open(path).cells()}


def test_a_method_that_would_end_the_process_fails_its_cell_and_no_other(tmp_path):
    assert run(tmp_path, ["exits", "interrupts", "unspeakable", "three"]) == (
        3,
        {
            "exits": "SystemExit: 0",
            "interrupts": "KeyboardInterrupt:",
            "unspeakable": "Unspeakable: its message cannot be had, that raises SystemExit",
            "three": None,
        },
    )


def test_a_reward_that_would_end_the_process_fails_its_cells(tmp_path):
    assert run(tmp_path, ["three"], reward="exits") == (1, {"three": "SystemExit: 0"})


@pytest.mark.parametrize("before", ["raise SystemExit(0)", "raise KeyboardInterrupt", ERROR])
def test_a_plug_in_that_would_end_the_process_at_import_is_refused(tmp_path, before):
    require_refused(tmp_path, {"before": before, "made": "pass"}, "mine.py could not be imported: ")


@pytest.mark.parametrize("made", ["raise SystemExit(0)", "raise KeyboardInterrupt"])
def test_a_plug_in_that_would_end_the_process_when_it_is_made_is_refused(tmp_path, made):
    require_refused(tmp_path, {"before": "", "made": made}, "class Mine raises ")


def test_a_library_that_ends_the_process_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.output.catalogue.listing", lambda kind: exit(0))
    ended = dno_bench("list", "methods", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (
        2, "error: a plug-in or a library ended the process by sys.exit(0)\n",
    )  # fmt: skip


def require_refused(tmp_path, code, message):
    name = tmp_path.name  # of no other test: a registry is for the whole process
    (tmp_path / "mine.py").write_text(METHOD.format(name=name, **code))
    (tmp_path / "small.yaml").write_text(SUITE.format(name=name).replace("HERE", HERE))
    refused = dno_bench("run", "small.yaml", "--wandb", "off", cwd=tmp_path)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1
