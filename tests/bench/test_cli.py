"""The command line as a user meets it, exit codes and all; in a process of its own where signals matter."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from bench.store.lock import owned
from bench.suite.prompts import prompt_set, sets
from tests.bench.suite.prompts.test_formats import GENEVAL
from tests.bench.suite.test_yaml_text import BOMB
from tests.support.cli import dno_bench
from tests.support.plugins import HERE
from tests.support.server import serving

SUITE = f"""
name: small
description: Two methods on a toy.
models: [{HERE}@gaussian]
prompts: [cat]
rewards: [{HERE}@mean]
methods: {{base: , best-of-n: }}
seeds: [0]
budget: 60nfe
metrics: [noise-probability]
"""
MAIN = [sys.executable, "-c", "from bench.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "small.yaml").write_text(SUITE)
    (home / "other.yaml").write_text(SUITE.replace("best-of-n: ", "best-of-n: {batch_size: 2}"))
    (home / "long.txt").write_text("x" * 1001)
    (home / "mine.txt").write_text("a cat, asleep\n\na cat, asleep\na dog\n")
    (home / "bomb.yaml").write_text(BOMB)
    (home / "deep.yaml").write_text("[" * 5000)
    return home


@pytest.fixture(scope="module")
def first(home):
    """The output of the first run in `home`."""
    return dno_bench("run", "small.yaml", "--wandb", "off", cwd=home)


def test_run_prints_a_table_and_where_things_lie(home, first):
    assert first.returncode == 0, first.stderr
    assert "[2/2] mean | cat | seed 0 | best-of-n: reward" in first.stdout
    assert "best-of-n" in first.stdout.split("mean on gaussian")[1]
    run = home / "results" / "runs" / "small"
    assert "plots   results/runs/small/plots\n" in first.stdout
    assert all(plot.stat().st_size > 1000 for plot in (run / "plots").glob("*.png"))
    assert first.stdout.count("\n") < 40, "one screen beside the lines of the cells"
    assert {"curves.csv", "scores.csv", "suite.yaml", "provenance.json"} <= {path.name for path in run.iterdir()}


def test_plot_draws_what_is_asked_for_and_says_what_it_leaves_out(home, first):
    none = dno_bench("plot", "results/runs/small", "--only", "hacking", cwd=home)
    assert "no plot hacking: the run has no metric support-distance" in none.stdout
    one = dno_bench("plot", "results/runs/small", "--only", "intervals", cwd=home)
    assert one.returncode == 0, one.stderr
    drawn = [line for line in one.stdout.splitlines() if line.startswith(("plot ", "no plot"))]
    assert drawn == ["plot    results/runs/small/plots/intervals.png"]


def test_the_same_command_again_does_nothing_twice(home, first):
    done = {path: path.stat().st_mtime_ns for path in home.glob("results/runs/small/cells/*/done.json")}
    again = dno_bench("run", "small.yaml", "--wandb", "off", cwd=home)
    assert again.returncode == 0, again.stderr
    assert "2 of 2 cells are done already" in again.stdout
    assert done == {path: path.stat().st_mtime_ns for path in home.glob("results/runs/small/cells/*/done.json")}


def test_plots_are_drawn_again_only_when_there_is_something_new(home, first, few_plots):
    drawn = home / "results" / "runs" / "small" / "plots" / "curves-seconds.png"
    once = drawn.stat().st_mtime_ns
    again = dno_bench("run", "small.yaml", "--wandb", "off", cwd=home)
    assert "plots   results/runs/small/plots\n" in again.stdout
    assert drawn.stat().st_mtime_ns == once
    copied = shutil.copytree(home / "results" / "runs" / "small", home / "copied")
    before = (copied / "plots" / "curves-seconds.png").stat().st_mtime_ns
    more = dno_bench("run", "small.yaml", "--seeds", "1", "--out", "copied", "--wandb", "off", cwd=home)
    assert more.returncode == 0, more.stderr
    assert (copied / "plots" / "curves-seconds.png").stat().st_mtime_ns > before
    assert dno_bench("status", "copied", cwd=home).stdout == "copied: 4 of 4 cells done, 0 failed, 0 left\n"


def test_a_label_that_means_something_else_in_the_folder_is_refused(home, first):
    (home / "other.yaml").write_text(SUITE.replace("best-of-n: ", "best-of-n: {batch_size: 2}"))
    refused = dno_bench("run", "other.yaml", "--wandb", "off", cwd=home)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "'best-of-n' of methods has options {'batch_size': 2}, but {} in results/runs/small" in refused.stderr


def test_two_commands_do_not_run_in_one_folder(home, first):
    with owned(home / "results" / "runs" / "small"):
        refused = dno_bench("run", "small.yaml", "--wandb", "off", cwd=home)
        status = dno_bench("status", "results/runs/small", cwd=home)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: results/runs/small is being run by process ")
    assert refused.stderr.count("\n") == 1
    assert status.returncode == 0


def test_a_terminal_that_knows_only_ascii(home):
    (home / "accents.yaml").write_text(SUITE.replace("[cat]", '["caf\u00e9 \u2014 \U0001f408"]'), encoding="utf-8")
    command = [*MAIN, "run", "accents.yaml", "--methods", "base", "--out", "accents", "--wandb", "off"]
    done = subprocess.run(
        command, cwd=home, capture_output=True, encoding="ascii", env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 0, done.stderr
    assert " | seed 0 | base: reward" in done.stdout


@pytest.mark.parametrize("form", ["md", "csv", "latex", "html"])
def test_table_formats(home, first, form):
    table = dno_bench("table", "results/runs/small", "--format", form, cwd=home)
    assert table.returncode == 0, table.stderr
    assert "best-of-n" in table.stdout
    assert {"md": "|", "csv": ",", "latex": r"\toprule", "html": "<table>"}[form] in table.stdout


@pytest.mark.parametrize("layout", ["main", "paper", "pairwise", "cost"])
def test_table_layouts(home, first, layout):
    table = dno_bench("table", "results/runs/small", "--layout", layout, cwd=home)
    assert table.returncode == 0, table.stderr
    assert "best-of-n" in table.stdout


def test_status(home, first):
    status = dno_bench("status", "results/runs/small", cwd=home)
    assert status.stdout == "results/runs/small: 2 of 2 cells done, 0 failed, 0 left\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "demoo"], "unknown suite 'demoo'; did you mean 'demo'?"),
        (["run", "small.yaml", "--methods", "best-off-n"], "unknown method 'best-off-n'; did you mean 'best-of-n'?"),
        (["run", "other.yaml", "--dry-run"], "'best-of-n' of methods has options {'batch_size': 2}, but {} in"),
        (["run", "small.yaml", "--budget", "0s"], "budget '0s' must be positive"),
        (["run", "small.yaml", "--budget", ""], "budget '' is not understood; write 10s"),
        (["run", "small.yaml", "--budget", f"1{400 * '0'}s"], "must be positive and finite"),
        (["run", "small.yaml", "--seeds", "1,1"], "suite 'small': experiments.0.seeds: 1 stands twice"),
        (["run", "small.yaml", "--seeds", str(2**63)], "should be less than 9223372036854775808"),
        (["run", "small.yaml", "--dry-run", "--device", "tpu"], "unknown device 'tpu'"),
        (["run", "small.yaml", "--dry-run", "--wandb", "maybe"], "--wandb 'maybe' is not known"),
        (["run", "small.yaml", "--prompts", "cells.xlsx"], "cells.xlsx is no file of prompts (which end in .txt, .csv"),
        (["run", "small.yaml", "--prompts", "results"], "results is no file of prompts (which end in .txt, .csv"),
        (["run", "small.yaml", "--prompts", "a\udcff"], "half of a surrogate pair, which is no character"),
        (["run", "bomb.yaml"], "bomb.yaml:1: more than 100,000 values, counted as often as aliases repeat them"),
        (["run", "deep.yaml"], "deep.yaml:1: nested deeper than 50 levels"),
        (["run", "small.yaml", "--seeds", "a"], "--seeds 'a': write whole numbers"),
        (["run", "small.yaml", "--device", "tpu"], "unknown device 'tpu'"),
        (["run", "small.yaml", "--device", "cpu," * 999 + "cpu"], "asks for 1000 processors; this process may use"),
        (["run", "small.yaml", "--executor", "cloud"], "unknown executor 'cloud'"),
        (
            ["run", "small.yaml", "--patience", "often"],
            "--patience 'often' is no number of budgets; write 20, or never",
        ),
        (["run", "small.yaml", "--job-time", "4h"], "--job-time speaks of jobs, which --executor local has not"),
        (["run", "small.yaml", "--executor", "slurm", "--slurm", "time=5"], "give --job-time instead"),
        (["run", "small.yaml", "--wandb", "maybe"], "--wandb 'maybe' is not known"),
        (["run", "small.yaml", "--out", "small.yaml"], "is not an empty folder and not a run"),
        (["run", "demo", "--prompts", "a red dragon"], "cannot draw this prompt: caption 'a red dragon'"),
        (["plot", "results/runs/small", "--only", "interval"], "unknown plot 'interval'; did you mean 'intervals'"),
        (["table", "nowhere"], "nowhere is not a run folder"),
        (["table", "results/runs/small", "--format", "word"], "unknown table format 'word'"),
        (["table", "results/runs/small", "--layout", "papers"], "unknown table layout 'papers'; did you mean 'paper'?"),
        (["table", "results/runs/small", "--layout", "targets"], "no targets are declared for this run"),
        (["table", "results/runs/small", "--budgets", "3h"], "unknown budget '3h'"),
        (["table", "results/runs/small", "--metrics", "adherance"], "unknown metric 'adherance'"),
        (
            ["table", "results/runs/small", "--names", "best-off-n=B"],
            "unknown method 'best-off-n'; did you mean 'best-of-n'?",
        ),
        (["table", "results/runs/small", "--caption", "c"], "--caption is of LaTeX tables: add --format latex"),
        (["list", "methodz"], "unknown kind 'methodz'; did you mean 'methods'?"),
        (["show", "method", "dnoo"], "unknown method 'dnoo'; did you mean 'dno'?"),
        (
            ["run", "demo", "--prompts", "drawbench"],
            "'drawbench' is not on this machine; `dno-bench fetch prompts drawb",
        ),
        (["run", "demo", "--prompts", "long.txt"], "long.txt: line 1 has 1,001 characters; prompts are"),
        (
            ["fetch", "sd151"],
            "unknown method, model, reward, metric, suite or prompt set 'sd151'; did you mean 'sd15'?",
        ),
        (["fetch", "prompts", "drawbensh"], "unknown prompt set 'drawbensh'; did you mean 'drawbench'?"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(home, first, arguments, message):
    before = sorted(home.rglob("*"))
    refused = dno_bench(*arguments, cwd=home)
    assert refused.returncode == 2, refused.stdout
    assert refused.stderr.startswith("error: ")
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert sorted(home.rglob("*")) == before


def test_a_dry_run_takes_prompts_with_commas_files_and_limits(home):
    def planned(*options):
        done = dno_bench("run", "small.yaml", "--dry-run", *options, cwd=home)
        assert done.returncode == 0, done.stderr
        return done.stdout.split("cells    ")[1].split()[0], done.stderr

    assert planned("--prompts", "a white duck, photorealistic", "--prompts", "a cat") == ("4", "")
    note = "note: mine.txt: 1 blank and 1 repeated prompts are left out\n"
    assert planned("--prompts", "mine.txt") == ("4", note)
    assert planned("--prompts", "mine.txt", "--limit", "1") == ("2", note)
    assert planned("--prompts", "simple-animals,emoji-colors", "--limit", "50", "--methods", "base") == ("50", "")


def test_a_dry_run_says_which_jobs_it_would_submit(home):
    words = ["--executor", "slurm", "--job-time", "30m", "--max-jobs", "4", "--out", "jobs"]
    planned = dno_bench("run", "small.yaml", "--dry-run", "--budget", "10s", "--seeds", "0,1,2", *words, cwd=home)
    assert planned.returncode == 0, planned.stderr
    lines = ["jobs     1 of at most 0.5 h, at most 4 at once", "         gaussian: 1 jobs, 6 cells, 0.021 h of them"]
    assert "\n".join(lines) in planned.stdout
    assert not (home / "jobs").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that even root cannot write to")
def test_a_folder_that_cannot_be_written(home):
    refused = dno_bench("run", "small.yaml", "--out", "/proc/dno-bench", cwd=home)
    assert refused.returncode == 2
    assert "cannot write /proc/dno-bench" in refused.stderr


def test_list_and_show(home):
    listed = dno_bench("list", "methods", cwd=home)
    names = [line.split()[0] for line in listed.stdout.splitlines()[1:] if not line.startswith("  ")]
    # Further ones are those that tests registered in this process.
    assert set(names) >= {
        "base", "best-of-n", "cfg-sweep", "dno", "dno-hybrid-1", "dno-hybrid-2", "dno-ode", "dno-regularized",
        "dno-zo", "doodl", "more-steps",
    }  # fmt: skip
    shown = dno_bench("show", "method", "dno-regularized", cwd=home).stdout
    sets = dno_bench("list", "set_metrics", cwd=home).stdout
    assert {"clip-diversity", "fid", "kid", "lpips-diversity", "truncated-clip-entropy"} <= set(sets.split())
    assert "eigenvalues = 20" in dno_bench("show", "set_metric", "truncated-clip-entropy", cwd=home).stdout
    assert "gamma = 1.0   (official README: '--gamma 1' to regularise)" in shown
    assert "learning_rate = 0.01   (official code, commit d67386f: --lr)" in shown
    animals = dno_bench("show", "prompts", "simple-animals", cwd=home).stdout
    assert animals.rstrip().endswith("kangaroo")
    assert "licence: MIT" in animals


def test_prompts_are_fetched_and_shown(home, monkeypatch):
    """End to end, GenEval's entry pinned to a stand-in that a server on the loopback has."""
    body = GENEVAL.encode()
    pins = {"bytes": len(body), "sha256": sha256(body).hexdigest()}
    (home / "sets.yaml").write_text(
        yaml.safe_dump({"geneval": prompt_set("geneval").model_dump(exclude={"name"}) | pins})
    )
    monkeypatch.setattr(sets, "SETS", home / "sets.yaml")
    monkeypatch.setattr(sets, "prompt_sets", cache(sets.prompt_sets.__wrapped__))
    with serving({}) as server:
        monkeypatch.setattr(sets, "RAW", server.url)
        gone = dno_bench("fetch", "prompts", "geneval", cwd=home)
        assert (gone.returncode, gone.stderr.count("\n")) == (2, 1)
        assert "the server answers 404" in gone.stderr
        server.files[server.requests[0][0]] = body
        fetched = dno_bench("fetch", "prompts", "geneval", cwd=home)
        name = "evaluation_metadata.jsonl"
        assert fetched.stdout == f"{name}  0.2 kB to download\n{name}  {home}/cache/{name}\n"
    shown = dno_bench("show", "prompts", "geneval", cwd=home)
    assert shown.stdout.endswith("\n\na photo of a bench\na photo of two clocks\n")


def test_nothing_to_fetch(home):
    fetched = dno_bench("fetch", "emoji", "demo", "simple-animals", cwd=home)
    assert (fetched.returncode, fetched.stdout) == (
        0, "nothing to fetch: all that emoji, demo, simple-animals needs is in the package\n",
    )  # fmt: skip


def test_doctor(home):
    shown = dno_bench("doctor", cwd=home)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"dno-official-black +no +stable-diffusion-.* +dno-bench fetch dno-official-black", shown.stdout)


def test_every_command_has_help_with_an_example(home):
    for command in ("run", "status", "list", "show", "table", "plot", "fetch", "doctor"):
        shown = dno_bench(command, "--help", cwd=home)
        assert shown.returncode == 0
        assert f"Example: dno-bench {command}" in " ".join(shown.stdout.split())


def test_ctrl_c_says_how_to_go_on_and_going_on_works(home, few_plots):
    command = ["run", "small.yaml", "--methods", "base", "--budget", "2s", "--out", "interrupted", "--wandb", "off"]
    process = subprocess.Popen([*MAIN, *command], cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(home.glob("interrupted/cells/*/events.jsonl")):
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.strip() == "interrupted; the same command continues where it stopped"
    assert dno_bench("status", "interrupted", cwd=home).stdout == "interrupted: 0 of 1 cells done, 0 failed, 1 left\n"
    again = dno_bench(*command, cwd=home)
    assert again.returncode == 0, again.stderr


def test_failed_cells_are_said_and_exit_1(home, few_plots):
    failing = dno_bench(
        "run", "small.yaml", "--methods", f"base,{HERE}@raises", "--out", "failing", "--wandb", "off", cwd=home
    )
    assert failing.returncode == 1
    assert "FAILED: ZeroDivisionError: on purpose" in failing.stdout
    assert "1 cells failed; see failed.json" in failing.stdout
    assert "ZeroDivisionError: on purpose" in dno_bench("status", "failing", cwd=home).stdout
