"""Signals, closed or full outputs, full disks, and folders made to be read by others: a line at most, no traceback."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
import torch

from bench.output.encoding import PlainConsole
from bench.run.campaign import run_suite
from bench.store.folder import RunStore
from bench.suite.suite import load_suite
from tests.support.cli import dno_bench
from tests.support.plugins import HERE
from tests.support.process import Child
from tests.support.runs import make_run, sealed_anew

MAIN = [sys.executable, "-c", "from bench.cli import main; main()"]
SUITE = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: {{slow: {{use: "{HERE}@slow"}}}}
seeds: [0, 1, 2, 3]
budget: 100nfe
"""

QUICK = SUITE.replace("slow", "three").replace("0, 1, 2, 3", "0, 1").replace("100nfe", "20nfe")
WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "small.yaml").write_text(SUITE)
    (home / "quick.yaml").write_text(QUICK)
    make_run(home / "made")
    return home


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_as_ctrl_c_does(home, number, status):
    out = f"out{status}"
    command = ["run", "small.yaml", "--out", out, "--wandb", "off"]
    process = subprocess.Popen([*MAIN, *command], cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(home.glob(f"{out}/cells/*/done.json")):
        time.sleep(0.02)
        assert process.poll() is None
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error.strip()) == (status, "interrupted; the same command continues where it stopped")
    assert (home / out / "scores.csv").read_text().count('"ok"') > 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("redirection", "status"), [(">/dev/full", 2), (">&-", 0), ("| true; exit ${PIPESTATUS[0]}", 0), ("2>&-", 0)]
)
def test_output_that_nobody_takes_is_no_traceback(home, redirection, status):
    command = f"{sys.executable} -c 'from bench.cli import main; main()' list methods {redirection}"
    done = subprocess.run(["bash", "-c", command], cwd=home, capture_output=True, text=True)
    said = "error: standard output is cut short: No space left on device\n" if status else ""
    assert (done.returncode, done.stderr) == (status, said)


def test_a_run_whose_output_is_lost_is_a_run(home):
    command = f"{sys.executable} -c 'from bench.cli import main; main()' run small.yaml --out lost --wandb off"
    done = subprocess.run(["bash", "-c", f"{command} >/dev/full"], cwd=home, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert dno_bench("status", "lost", cwd=home).stdout == "lost: 4 of 4 cells done, 0 failed, 0 left\n"


def test_control_characters_reach_no_terminal(monkeypatch):
    printed = StringIO()
    console = PlainConsole(file=printed, force_terminal=True, width=80)
    console.print("a\x1b]0;title\u202eb\x9b31m", markup=False, highlight=False)
    assert printed.getvalue() == "a\ufffd]0;title\ufffdb\ufffd31m\n"
    console.print("[bold]c")
    assert "\x1b[1mc" in printed.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    console = PlainConsole(file=StringIO(), force_terminal=True, width=80)
    console.print("[red]d")
    assert "\x1b[31m" not in console.file.getvalue()


def test_errors_and_tables_are_printable(home):
    refused = dno_bench("table", "no\x1b[31m", cwd=home)
    assert refused.stderr.startswith("error: no\ufffd[31m is not a run folder")


def test_texts_of_tables_are_no_formulas(home, tmp_path):
    make_run(tmp_path / "run", prompts=("=1+1", "cat"))
    store = RunStore(tmp_path / "run")
    from bench.store.tables import consolidate, read_scores

    consolidate(store)
    assert "'=1+1" in (tmp_path / "run" / "scores.csv").read_text()
    assert "'=1+1" in (tmp_path / "run" / "curves.csv").read_text()
    assert set(read_scores(tmp_path / "run")["prompt"]) == {"=1+1", "cat"}


def test_images_and_cells_beyond_the_run_folder_are_neither_read_nor_written(tmp_path):
    run, outside = make_run(tmp_path / "run"), tmp_path / "outside"
    outside.mkdir()
    first, second, *_ = RunStore(run).cells()
    for row in [*first.checkpoints()]:
        shutil.copy(run / row["image"], tmp_path / "secret.png")
    text = (first.path / "checkpoints.jsonl").read_text()
    (first.path / "checkpoints.jsonl").write_text(text.replace("cells/", "../secret.png#"))
    sealed_anew(first.path)
    shutil.copytree(second.path, outside / "cell")
    shutil.rmtree(second.path)
    second.path.symlink_to(outside / "cell")
    before = sorted(outside.rglob("*"))
    assert dno_bench("report", "run", cwd=tmp_path).returncode == 0
    assert not second.done
    second.begin(RunStore(run).suite().cells()[0])
    assert not second.path.is_symlink()
    assert sorted(outside.rglob("*")) == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("rows", [0, 2])
def test_a_full_disk_is_one_line_and_the_same_command_goes_on(home, monkeypatch, rows):
    """After so many rows, what is appended goes to a device that is full."""
    command = ["run", "small.yaml", "--seeds", "0,1", "--out", f"full{rows}", "--wandb", "off"]
    left, path_open = iter(range(rows)), Path.open

    def full(path, mode="r", **options):
        return path_open(Path("/dev/full") if mode == "a" and next(left, None) is None else path, mode, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        refused = dno_bench(*command, cwd=home)
    assert refused.returncode == 2
    assert "jsonl: No space left on device; the same command goes on once it can" in refused.stderr
    assert refused.stderr.count("\n") == 1
    done = {path: path.read_bytes() for path in home.glob(f"full{rows}/cells/*/done.json")}
    assert dno_bench(*command, cwd=home).returncode == 0
    assert all(path.read_bytes() == before for path, before in done.items())


def test_a_run_folder_that_is_removed_is_one_line(home, monkeypatch):
    from bench.store.folder import CellStore

    finish = CellStore.finish

    def remove(store, summary):
        shutil.rmtree(home / "removed")
        finish(store, summary)

    monkeypatch.setattr(CellStore, "finish", remove)
    refused = dno_bench("run", "small.yaml", "--seeds", "0", "--out", "removed", "--wandb", "off", cwd=home)
    assert refused.returncode == 2
    assert "No such file or directory; the same command goes on once it can" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (home / "removed").exists()


def writes(event, arguments, folder):
    """Whether it is an operation that the system refuses in a folder that is read-only."""
    if event == "open":
        return str(folder) in str(arguments[0]) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    below = event in {"os.remove", "os.rmdir"} and arguments[1] != -1  # of a tree that is removed
    return event in WRITES and (below or str(folder) in os.fsdecode(arguments[0]))


def run_until_read_only(point, folder, *command):
    """The command in a folder that is read-only from its write number `point` on; says what went to standard error."""
    done = 0

    def refuse(event, arguments):
        nonlocal done
        if writes(event, arguments, folder):
            done += 1
            if done > point:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(arguments[0]))

    sys.addaudithook(refuse)
    ended = dno_bench(*command, cwd=folder.parent)
    print(ended.stderr, end="")
    return ended.returncode


def test_a_folder_that_becomes_read_only_is_one_line_and_the_same_command_goes_on(home, few_plots):
    point = 5
    while True:
        folder = home / f"read-only-{point}"
        command = ("run", "quick.yaml", "--out", folder, "--wandb", "off")
        status, said = Child(home / f"{folder.name}.txt", run_until_read_only, point, folder, *command).end()
        if status == 0:
            break
        assert (status, said.count("\n")) == (2, 1), said
        assert said.startswith("error: ")
        assert "Permission denied" in said
        done = {path: path.read_bytes() for path in folder.glob("cells/*/done.json")}
        suite = load_suite(str(home / "quick.yaml"))
        assert run_suite(suite, folder, [torch.device("cpu")], "off", PlainConsole(file=StringIO())) == 0
        assert all(path.read_bytes() == before for path, before in done.items())
        assert dno_bench("status", folder, cwd=home).stdout.endswith(": 2 of 2 cells done, 0 failed, 0 left\n")
        point += 11
    assert point > 60
